package settings

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"handover/internal/accounts"
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
		subject: "{setting} of {distributor} changed",
		first:   "{actor} changed the setting “{setting}” of {distributor}.",
		next:    unexpected,
	}
	mailAsked = mail{
		subject: "{setting} of {distributor}: a change needs an answer",
		first: "{actor} wants to change the setting “{setting}” of {distributor}. " +
			"The change waits for another administrator until {until}.",
		next: "Open this page to see the change and who may answer it:", asked: true,
	}
	mailApproved = mail{
		subject: "{setting} of {distributor} changed",
		first:   "{actor} approved a change of the setting “{setting}” of {distributor}. It is in force.",
		next:    unexpected, asked: true, asker: true,
	}
	mailRejected = mail{
		subject: "{setting} of {distributor}: the change was rejected",
		first:   "{actor} rejected a change of the setting “{setting}” of {distributor}. Nothing changed.",
		asked:   true, asker: true,
	}
	mailWithdrawn = mail{
		subject: "{setting} of {distributor}: the change was withdrawn",
		first:   "{actor} withdrew a change of the setting “{setting}” of {distributor}. Nothing changed.", asked: true,
	}
	mailExpired = mail{
		subject: "{setting} of {distributor}: the change expired",
		first: "No administrator answered a change of the setting “{setting}” of {distributor} within 7 days. " +
			"Nothing changed.",
		asked: true, asker: true,
	}
)

// reader is the recipient of a mail, with what they may know.
type reader struct {
	ID       int64  `db:"id"`
	Name     string `db:"name"`
	From     string `db:"distributor"`
	Provider bool   `db:"provider"`
	Knows    bool   `db:"knows"` // the actor works for a distributor in the reader's scope
}

// tell writes the mail to the distributor's other administrators, and if it has none to
// those of the nearest distributor above that has some; the kind says who else gets it.
// The actor gets none.
func (t turn) tell(ctx context.Context, ch Change, m mail) error {
	ids, err := t.others(ctx)
	if err != nil {
		return err
	}
	if m.asked {
		asked, err := Answerers(ctx, t.tx, accounts.Scope{Everything: true}, t.dist.ID, ch.RequestedBy, t.Now())
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
	err = t.tx.SelectContext(ctx, &readers, `
		select s.id, s.name, d.name as distributor, d.parent_id is null as provider,
		       d.parent_id is null or $3 = any(handover_below(d.id)) as knows
		from staff s join distributors d on d.id = s.distributor_id
		where s.id = any($1) and s.id <> $2 and s.status = 'active' order by s.id`,
		pq.Array(ids), t.actor.ID, t.actor.DistributorID)
	if err != nil {
		return fmt.Errorf("look who gets the mail: %w", err)
	}
	for _, r := range readers {
		if _, err := notify.Write(ctx, t.tx, t.write(ch, m, r)); err != nil {
			return err
		}
	}
	return nil
}

// others returns the other administrators of the distributor, else those of the nearest
// one above that has some.
func (t turn) others(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := t.tx.SelectContext(ctx, &ids, `
		with recursive line as (
		    select id, parent_id, 0 as step from distributors where id = $1
		    union all
		    select p.id, p.parent_id, l.step + 1 from line l join distributors p on p.id = l.parent_id
		    where l.step < 1000),
		able as (
		    select s.id, l.step from line l join staff s on s.distributor_id = l.id
		    where s.status = 'active' and s.role = any($2) and s.id <> $3)
		select id from able where step = (select min(step) from able)`,
		t.dist.ID, pq.Array(administrators()), t.actor.ID)
	if err != nil {
		return nil, fmt.Errorf("look for the other administrators: %w", err)
	}
	return ids, nil
}

// write words the mail for one reader.
func (t turn) write(ch Change, m mail, r reader) notify.StaffMail {
	name := t.actor.Name
	if !r.Knows {
		name = "An administrator of " + Another
	}
	words := strings.NewReplacer("{actor}", name, "{setting}", ch.Control.Label, "{distributor}", t.dist.Name,
		"{until}", ch.ExpiresAt.UTC().Format("2 January 2006, 15:04 MST"))
	var values []string
	for _, f := range ch.Fields() {
		values = append(values, fmt.Sprintf("%s: %s (before: %s)", f.Label, f.Words(ch.After[f.Key]),
			f.Words(ch.Before[f.Key])))
	}
	parts := []string{"Hello " + r.Name + ",", words.Replace(m.first), strings.Join(values, "\n")}
	if ch.Reason != "" {
		parts = append(parts, "Reason of the change: "+ch.Reason)
	}
	if t.reason != "" {
		parts = append(parts, "Reason of the answer: "+t.reason)
	}
	if m.next != "" {
		parts = append(parts, m.next)
	}
	if t.Link != nil {
		parts = append(parts, t.Link(t.dist.Number(), r.Provider))
	}
	text := strings.Join(append(parts, r.From), "\n\n") + "\n"
	return notify.StaffMail{StaffID: r.ID, Subject: words.Replace(m.subject), Text: text}
}
