package settings

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/notify"
)

// mail is a kind of mail about a change of a control setting. Its texts may name {actor},
// {setting}, {distributor} and {until}.
type mail struct {
	subject string
	first   string // the first sentences
	next    string // what to do now, "" = nothing
	asked   bool   // those who may answer get it, too
	asker   bool   // the requester gets it
}

const unexpected = "If you did not expect this, ask who changed it and look into the audit log."

// The mails. They cannot be declined.
var (
	mailChanged = mail{
		subject: "{setting} of {distributor} changed", first: "{actor} changed the setting “{setting}” of {distributor}.", next: unexpected,
	}
	mailAsked = mail{
		subject: "{setting} of {distributor}: a change needs an answer",
		first:   "{actor} wants to change the setting “{setting}” of {distributor}. The change waits for another administrator until {until}.",
		next:    "Open this page to see the change and who may answer it:", asked: true,
	}
	mailApproved = mail{
		subject: "{setting} of {distributor} changed", first: "{actor} approved a change of the setting “{setting}” of {distributor}. It is in force.",
		next: unexpected, asked: true, asker: true,
	}
	mailRejected = mail{
		subject: "{setting} of {distributor}: the change was rejected",
		first:   "{actor} rejected a change of the setting “{setting}” of {distributor}. Nothing changed.", asked: true, asker: true,
	}
	mailWithdrawn = mail{
		subject: "{setting} of {distributor}: the change was withdrawn",
		first:   "{actor} withdrew a change of the setting “{setting}” of {distributor}. Nothing changed.", asked: true,
	}
	mailExpired = mail{
		subject: "{setting} of {distributor}: the change expired",
		first:   "No administrator answered a change of the setting “{setting}” of {distributor} within 7 days. Nothing changed.", asked: true, asker: true,
	}
)

// reader is somebody who gets a mail, with what they may know.
type reader struct {
	ID       int64  `db:"id"`
	Name     string `db:"name"`
	From     string `db:"distributor"`
	Provider bool   `db:"provider"`
	Knows    bool   `db:"knows"` // the actor works for a distributor in the reader's scope
}

// tell writes the mail to the distributor's other administrators, and where it has none to
// those of the nearest distributor above that has some; to whom else the kind says. Whoever
// did it gets none.
func (d Desk) tell(ctx context.Context, q db.Querier, actor audit.Actor, dist accounts.Distributor, ch Change, m mail, reason string) error {
	var ids []int64
	err := q.SelectContext(ctx, &ids, `
		with recursive line as (
		    select id, parent_id, 0 as step from distributors where id = $1
		    union all select p.id, p.parent_id, l.step + 1 from line l join distributors p on p.id = l.parent_id where l.step < 1000),
		able as (
		    select s.id, l.step from line l join staff s on s.distributor_id = l.id
		    where s.status = 'active' and s.role = any($2) and s.id <> $3)
		select id from able where step = (select min(step) from able)`, dist.ID, pq.Array(administrators()), actor.ID)
	if err != nil {
		return fmt.Errorf("look for the other administrators: %w", err)
	}
	if m.asked {
		asked, err := Answerers(ctx, q, accounts.Scope{Everything: true}, dist.ID, ch.RequestedBy, d.Now())
		if err != nil {
			return err
		}
		for _, a := range asked {
			ids = append(ids, a.ID)
		}
	}
	if m.asker {
		ids = append(ids, ch.RequestedBy)
	}
	var readers []reader
	err = q.SelectContext(ctx, &readers, `
		select s.id, s.name, d.name as distributor, d.parent_id is null as provider,
		       d.parent_id is null or $3 = any(handover_below(d.id)) as knows
		from staff s join distributors d on d.id = s.distributor_id
		where s.id = any($1) and s.id <> $2 and s.status = 'active' order by s.id`, pq.Array(ids), actor.ID, actor.DistributorID)
	if err != nil {
		return fmt.Errorf("look who gets the mail: %w", err)
	}
	for _, r := range readers {
		if _, err := notify.Write(ctx, q, d.write(actor, dist, ch, m, reason, r)); err != nil {
			return err
		}
	}
	return nil
}

// write words the mail for one reader.
func (d Desk) write(actor audit.Actor, dist accounts.Distributor, ch Change, m mail, reason string, r reader) notify.StaffMail {
	name := actor.Name
	if !r.Knows {
		name = "An administrator of " + Another
	}
	words := strings.NewReplacer("{actor}", name, "{setting}", ch.Control.Label, "{distributor}", dist.Name,
		"{until}", ch.ExpiresAt.UTC().Format("2 January 2006, 15:04 MST"))
	var values []string
	for _, f := range ch.Control.Fields {
		values = append(values, fmt.Sprintf("%s: %s (before: %s)", f.Label, f.Words(ch.After[f.Key]), f.Words(ch.Before[f.Key])))
	}
	parts := []string{"Hello " + r.Name + ",", words.Replace(m.first), strings.Join(values, "\n")}
	if ch.Reason != "" {
		parts = append(parts, "Reason of the change: "+ch.Reason)
	}
	if reason != "" {
		parts = append(parts, "Reason of the answer: "+reason)
	}
	if m.next != "" {
		parts = append(parts, m.next)
	}
	if d.Link != nil {
		parts = append(parts, d.Link(dist.Number(), r.Provider))
	}
	return notify.StaffMail{StaffID: r.ID, Subject: words.Replace(m.subject), Text: strings.Join(append(parts, r.From), "\n\n") + "\n"}
}
