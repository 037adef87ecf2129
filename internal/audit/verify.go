package audit

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// Check is one property of the log, and its result.
type Check struct {
	Name     string
	Checked  int64
	Failures []string // the first few that break it, each in words
	Broken   int64
}

// shownFailures is how many failures of a check are named.
const shownFailures = 10

func (c *Check) fail(format string, args ...any) {
	c.Broken++
	if len(c.Failures) < shownFailures {
		c.Failures = append(c.Failures, fmt.Sprintf(format, args...))
	}
}

// Verify seals what is committed, then recomputes the whole chain in one snapshot and in
// constant memory. kept are heads that were taken out of the database earlier: only they
// can show that the whole log was rewritten.
func Verify(ctx context.Context, pool *sqlx.DB, kept ...Head) ([]Check, error) {
	if err := Seal(ctx, pool); err != nil {
		return nil, err
	}
	var checks []Check
	err := db.InSnapshot(ctx, pool, func(tx *sqlx.Tx) error {
		chain, last, err := verifyChain(ctx, tx)
		if err != nil {
			return err
		}
		places, err := verifyPlaces(ctx, tx)
		if err != nil {
			return err
		}
		heads, err := verifyHeads(ctx, tx, last)
		checks = []Check{chain, places, heads}
		if err != nil || len(kept) == 0 {
			return err
		}
		outside, err := verifyKept(ctx, tx, kept)
		checks = append(checks, outside)
		return err
	})
	return checks, err
}

// link is a place in the chain with its entry, if that entry still exists.
type link struct {
	Record
	EntryID int64 `db:"entry_id"`
	Exists  bool  `db:"present"`
}

// verifyChain walks along the chain up to the first place that is wrong, and returns
// the last position that there is.
func verifyChain(ctx context.Context, q db.Querier) (Check, int64, error) {
	c := Check{Name: checkEntriesUnchanged}
	good := Head{Hash: make([]byte, hashSize)}
	for {
		var links []link
		err := q.SelectContext(ctx, &links, `
			select s.position, s.entry_id, s.previous, s.hash, e.id is not null as present, s.entry_id as id,
			       coalesce(f.at, '') as at, coalesce(f.actor_id, '') as actor_id,
			       coalesce(f.actor_name, '') as actor_name, coalesce(f.distributor_id, '') as distributor_id,
			       coalesce(f.address, '') as address, coalesce(f.action, '') as action,
			       coalesce(f.subject_kind, '') as subject_kind, coalesce(f.subject, '') as subject,
			       coalesce(f.order_id, '') as order_id, coalesce(f.before, '') as before,
			       coalesce(f.after, '') as after
			from audit_seals s left join audit_entries e on e.id = s.entry_id
			left join lateral (select `+entryFields+`) f on e.id is not null
			where s.position > $1 order by s.position limit $2`, good.Count, slice)
		if err != nil {
			return c, 0, fmt.Errorf("read the audit chain: %w", err)
		}
		for _, l := range links {
			c.Checked++
			wrong, err := l.wrong(ctx, q, good)
			if err != nil {
				return c, 0, err
			}
			if wrong != "" {
				c.fail("%s", wrong)
				return c, lastPosition(ctx, q), nil
			}
			good = Head{Count: l.Position, Hash: l.Hash}
		}
		if len(links) < slice {
			return c, good.Count, nil
		}
	}
}

// lastPosition returns the end of a chain that is broken before it; -1 if it cannot be read.
func lastPosition(ctx context.Context, q db.Querier) int64 {
	var n int64
	if err := q.GetContext(ctx, &n, `select coalesce(max(position), 0) from audit_seals`); err != nil {
		return -1
	}
	return n
}

// wrong says what is wrong with the link that should follow good; "" = nothing.
func (l link) wrong(ctx context.Context, q db.Querier, good Head) (string, error) {
	switch {
	case l.Position != good.Count+1:
		return fmt.Sprintf(msgEntryRemovedAt, good.Count+1, l.Position), nil
	case !bytes.Equal(l.Previous, good.Hash):
		return l.misplaced(ctx, q, good)
	case !l.Exists:
		return fmt.Sprintf(msgEntryRemoved, l.EntryID, l.Position), nil
	case bytes.Equal(l.Hash, l.digest(good.Hash)):
		return "", nil
	}
	return l.changed(ctx, q, good)
}

// misplaced explains a link that does not follow the one before it.
func (l link) misplaced(ctx context.Context, q db.Querier, good Head) (string, error) {
	var found []struct {
		Position int64  `db:"position"`
		EntryID  int64  `db:"entry_id"`
		Previous []byte `db:"previous"`
	}
	err := q.SelectContext(ctx, &found, `
		select position, entry_id, previous from audit_seals where position = $1 or position > $1 and previous = $2
		order by position limit 2`,
		good.Count, good.Hash)
	if err != nil {
		return "", fmt.Errorf("look for the entry that was sealed here: %w", err)
	}
	for _, f := range found {
		switch {
		case f.Position == good.Count && bytes.Equal(f.Previous, l.Previous):
			return fmt.Sprintf(msgEntryInserted, f.EntryID, f.Position, l.Position), nil
		case f.Position > l.Position:
			return fmt.Sprintf(msgEntriesReordered,
				l.EntryID, l.Position, f.EntryID, f.Position), nil
		}
	}
	return fmt.Sprintf(msgEntryBeforeRemoved, l.EntryID, l.Position, good.Count), nil
}

// changed explains a link whose entry does not have its hash: another entry took its
// place, or the entry was changed.
func (l link) changed(ctx context.Context, q db.Querier, good Head) (string, error) {
	var after int64
	for {
		var records []Record
		err := q.SelectContext(ctx, &records, `select `+entryFields+` from audit_entries e where e.id > $1
			order by e.id limit $2`, after, slice)
		if err != nil {
			return "", fmt.Errorf("look for the entry that was sealed here: %w", err)
		}
		for _, r := range records {
			after, r.Position = r.ID, l.Position
			if bytes.Equal(l.Hash, r.digest(good.Hash)) {
				return fmt.Sprintf(msgSealReordered, l.EntryID, l.Position, r.ID), nil
			}
		}
		if len(records) < slice {
			return fmt.Sprintf(msgEntryChanged, l.EntryID, l.Position, l.At, l.Action, l.ActorName), nil
		}
	}
}

// verifyPlaces looks for entries that got into the table past the chain, and for
// places that wait for an entry that is gone.
func verifyPlaces(ctx context.Context, q db.Querier) (Check, error) {
	c := Check{Name: checkEntriesSealed}
	if err := q.GetContext(ctx, &c.Checked, `select count(*) from audit_entries`); err != nil {
		return c, fmt.Errorf("count the audit entries: %w", err)
	}
	var found []struct {
		ID      int64 `db:"id"`
		Removed bool  `db:"removed"`
		Total   int64 `db:"total"`
	}
	err := q.SelectContext(ctx, &found, `
		select id, removed, count(*) over () as total from (
		    select e.id, false as removed from audit_entries e
		    where not exists (select 1 from audit_seals s where s.entry_id = e.id)
		      and not exists (select 1 from audit_unsealed u where u.entry_id = e.id)
		    union all
		    select u.entry_id, true from audit_unsealed u
		    where not exists (select 1 from audit_entries e where e.id = u.entry_id)) x
		order by removed, id limit $1`, shownFailures)
	if err != nil {
		return c, fmt.Errorf("look for entries past the chain: %w", err)
	}
	for _, f := range found {
		if f.Removed {
			c.fail(msgRemovedBeforeSealed, f.ID)
		} else {
			c.fail(msgInsertedUnsealed, f.ID)
		}
		c.Broken = f.Total
	}
	return c, nil
}

// verifyHeads compares the end of the chain with the head, and every head on an order
// with the place it speaks of.
func verifyHeads(ctx context.Context, q db.Querier, last int64) (Check, error) {
	c := Check{Name: checkChainReachesHead, Checked: 1}
	head, err := ReadHead(ctx, q)
	if err != nil {
		return c, err
	}
	if err := compareHead(ctx, q, &c, head, headOfLog); err != nil {
		return c, err
	}
	if last > head.Count {
		c.fail(msgHeadChanged, last, head.Count)
	}
	var onOrders int64
	if err := q.GetContext(ctx, &onOrders,
		`select count(*) from transfer_orders where audit_head_count is not null`); err != nil {
		return c, fmt.Errorf("count the heads on orders: %w", err)
	}
	c.Checked += onOrders
	var wrong []struct {
		Order string `db:"number"`
		Count int64  `db:"audit_head_count"`
		There bool   `db:"there"`
		Total int64  `db:"total"`
	}
	err = q.SelectContext(ctx, &wrong, `
		select number_of('TO', o.id) as number, o.audit_head_count, s.position is not null as there,
		       count(*) over () as total
		from transfer_orders o left join audit_seals s on s.position = o.audit_head_count
		where o.audit_head_count is not null
		  and coalesce(s.hash, case when o.audit_head_count = 0 then $2::bytea end) is distinct from o.audit_head_hash
		order by o.audit_head_count, o.id limit $1`, shownFailures, make([]byte, hashSize))
	if err != nil {
		return c, fmt.Errorf("compare the heads on orders: %w", err)
	}
	broken := c.Broken
	for _, w := range wrong {
		if w.There {
			c.fail(msgRewrittenUpTo, w.Order, w.Count)
		} else {
			c.fail(msgTailCutOff, w.Order, w.Count, w.Count)
		}
		c.Broken = broken + w.Total
	}
	return c, nil
}

// verifyKept compares the chain with heads from outside.
func verifyKept(ctx context.Context, q db.Querier, kept []Head) (Check, error) {
	c := Check{Name: checkChainPassesKeptHeads, Checked: int64(len(kept))}
	for _, h := range kept {
		if err := compareHead(ctx, q, &c, h, headKept); err != nil {
			return c, err
		}
	}
	return c, nil
}

// compareHead fails the check when the chain does not go through the head.
func compareHead(ctx context.Context, q db.Querier, c *Check, h Head, name string) error {
	found := []Head{}
	err := q.SelectContext(ctx, &found, `
		select position as count, hash, sealed_at from audit_seals where position <= $1 order by position desc
		limit 1`, h.Count)
	if err != nil {
		return fmt.Errorf("look for %s: %w", name, err)
	}
	at := Head{Hash: make([]byte, hashSize)}
	if len(found) > 0 {
		at = found[0]
	}
	switch {
	case at.Count != h.Count:
		c.fail(msgTailCutOffSince, name, h.Count, at.Count)
	case !bytes.Equal(at.Hash, h.Hash):
		c.fail(msgLogRewritten, name, h.Count)
	}
	return nil
}
