package settings

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
)

// Another replaces the name of a person who works outside the reader's scope.
const Another = accounts.Another

// Change is a change of a control setting that waits, or waited, for another administrator.
type Change struct {
	ID            int64
	Control       Control
	DistributorID int64
	Distributor   string
	Before, After Values
	Reason        string // of the requester, "" = none
	RequestedBy   int64
	Requester     string // Another where the reader may not know them
	RequestedAt   time.Time
	ExpiresAt     time.Time
}

// changeRow is a row of setting_changes with the names that the reader may know.
type changeRow struct {
	ID            int64     `db:"id"`
	Setting       Name      `db:"setting"`
	DistributorID int64     `db:"distributor_id"`
	Distributor   string    `db:"distributor"`
	Before        string    `db:"before"`
	After         string    `db:"after"`
	Reason        string    `db:"reason"`
	RequestedBy   int64     `db:"requested_by"`
	Requester     string    `db:"requester"`
	RequestedAt   time.Time `db:"requested_at"`
	ExpiresAt     time.Time `db:"expires_at"`
}

func (r changeRow) change() (Change, error) {
	ch := Change{
		ID: r.ID, DistributorID: r.DistributorID, Distributor: r.Distributor, Reason: r.Reason,
		RequestedBy: r.RequestedBy, Requester: r.Requester, RequestedAt: r.RequestedAt, ExpiresAt: r.ExpiresAt,
	}
	var err error
	if ch.Control, err = ControlOf(r.Setting); err != nil {
		return ch, err
	}
	if ch.Before, err = parseValues(r.Before); err != nil {
		return ch, err
	}
	ch.After, err = parseValues(r.After)
	return ch, err
}

// selectChanges reads changes c of the condition, with the requester as far as the scope goes.
func selectChanges(ctx context.Context, q db.Querier, s accounts.Scope, w *db.Where, tail string) ([]Change, error) {
	seen := s.Condition(w, "s.distributor_id")
	var rows []changeRow
	err := q.SelectContext(ctx, &rows, `
		select c.id, c.setting, c.distributor_id, d.name as distributor, c.before::text as before,
		       c.after::text as after, c.reason, c.requested_by,
		       coalesce(case when `+seen+` then s.name end, '`+Another+`') as requester, c.requested_at, c.expires_at
		from setting_changes c join distributors d on d.id = c.distributor_id
		left join staff s on s.id = c.requested_by `+
		w.SQL()+` order by c.requested_at, c.id `+tail, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read changes of settings: %w", err)
	}
	out := make([]Change, 0, len(rows))
	for _, r := range rows {
		ch, err := r.change()
		if err != nil {
			return nil, err
		}
		out = append(out, ch)
	}
	return out, nil
}

// pendingOf reads the changes of the distributor that wait; tail locks them, "" = it does not.
func pendingOf(
	ctx context.Context, q db.Querier, s accounts.Scope, distributorID int64, now time.Time, tail string,
) ([]Change, error) {
	w := new(db.Where)
	w.And("c.status = 'pending' and c.expires_at > ? and c.distributor_id = ?", now, distributorID)
	s.Apply(w, "c.distributor_id")
	return selectChanges(ctx, q, s, w, tail)
}

// Pending returns the changes of a distributor in the scope that wait for an answer, the
// oldest first.
func Pending(
	ctx context.Context, q db.Querier, s accounts.Scope, distributorID int64, now time.Time,
) ([]Change, error) {
	return pendingOf(ctx, q, s, distributorID, now, "")
}

// ForStaff returns the changes in the scope that the person may answer, the oldest first.
func ForStaff(ctx context.Context, q db.Querier, s accounts.Scope, staffID int64, now time.Time) ([]Change, error) {
	w := new(db.Where)
	w.And("c.status = 'pending' and c.expires_at > ?", now)
	w.And(`exists (select 1 from handover_answerers(c.distributor_id, c.requested_by, ?, ?) a where a.staff_id = ?)`,
		now.Add(-AccessAge), pq.Array(administrators()), staffID)
	s.Apply(w, "c.distributor_id")
	return selectChanges(ctx, q, s, w, "")
}

// fewFields are so many that a change shows those too that stay as they are.
const fewFields = 5

// Fields returns the parts of the setting to be shown: of a long one those that change.
func (ch Change) Fields() []Field {
	if len(ch.Control.Fields) <= fewFields {
		return ch.Control.Fields
	}
	return slices.DeleteFunc(slices.Clone(ch.Control.Fields), func(f Field) bool {
		return ch.Before[f.Key] == ch.After[f.Key]
	})
}

// Current returns what the setting of the change says now.
func (ch Change) Current(ctx context.Context, q db.Querier) (Values, error) {
	return ch.Control.valuesOf(ctx, q, ch.DistributorID)
}

// Answerer is a person who may answer a change.
type Answerer struct {
	ID            int64  `db:"staff_id"`
	DistributorID int64  `db:"distributor_id"`
	Name          string `db:"name"` // "" = outside the scope
}

// Answerers returns who may answer what the requester asks at the distributor: its own
// administrators, else those of the nearest distributor above that has some. None is
// younger than AccessAge or related to the requester (docs/security.md, Control settings).
func Answerers(
	ctx context.Context, q db.Querier, s accounts.Scope, distributorID, requester int64, now time.Time,
) ([]Answerer, error) {
	var w db.Where
	seen := s.Condition(&w, "s.distributor_id")
	from := w.Bind(`handover_answerers(?, ?, ?, ?)`,
		distributorID, requester, now.Add(-AccessAge), pq.Array(administrators()))
	var out []Answerer
	err := q.SelectContext(ctx, &out, `
		select a.staff_id, a.distributor_id, coalesce(case when `+seen+` then s.name end, '') as name
		from `+from+` a left join staff s on s.id = a.staff_id order by a.staff_id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look who may answer: %w", err)
	}
	return out, nil
}

// Includes reports whether the person is among them.
func Includes(list []Answerer, staffID int64) bool {
	return slices.ContainsFunc(list, func(a Answerer) bool { return a.ID == staffID })
}

// administrators are the roles that change control settings.
func administrators() []string {
	var out []string
	for _, r := range identity.Roles() {
		if r.Can(identity.SettingsManage) {
			out = append(out, string(r))
		}
	}
	return out
}
