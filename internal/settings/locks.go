package settings

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

// Lockable returns the control settings that the provider can lock: those with a part that binds
// the people of the distributor.
func Lockable() []Control {
	return slices.DeleteFunc(slices.Clone(controls), func(c Control) bool {
		return !slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Binds })
	})
}

// Locked returns which control settings of the distributor are locked.
func Locked(ctx context.Context, q db.Querier, distributorID int64) ([]Name, error) {
	var names pq.StringArray
	err := q.GetContext(ctx, &names, `select locked_settings from distributors where id = $1`, distributorID)
	if err != nil {
		return nil, fmt.Errorf("read the locked settings: %w", err)
	}
	out := make([]Name, len(names))
	for i, n := range names {
		out[i] = Name(n)
	}
	return out, nil
}

// Lock says which control settings of a reseller's distributor are locked from now on, and mails
// its administrators. A locked setting is loosened by the provider's people only; everybody who may
// set it can tighten it. It reports whether anything changed. Another person than one of the
// provider is a Forbidden fault.
func (d Desk) Lock(
	ctx context.Context, by identity.By, proof identity.Confirmed, distributorID int64, names []Name,
) (changed bool, err error) {
	if err := isProof(by, proof); err != nil {
		return false, err
	}
	if !by.Scope.Everything {
		return false, fault.New(fault.Forbidden, msgProviderLocks)
	}
	err = d.inTurn(ctx, by, distributorID, "", func(t turn) error {
		if t.dist.ParentID == nil {
			return fault.New(fault.Invalid, msgOwnLock, t.dist.Name)
		}
		before, err := Locked(ctx, t.tx, t.dist.ID)
		if err != nil {
			return err
		}
		for _, c := range Lockable() {
			was, is := slices.Contains(before, c.Name), slices.Contains(names, c.Name)
			if was == is {
				continue
			}
			changed = true
			if err := t.lock(ctx, c, is); err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}

// lock locks or unlocks one setting, with its audit entry and its mails.
func (t turn) lock(ctx context.Context, c Control, on bool) error {
	_, err := t.tx.ExecContext(ctx, `
		update distributors
		set locked_settings = array_remove(locked_settings, $2::text) || case when $3 then array[$2::text] else '{}' end
		where id = $1`, t.dist.ID, c.Name, on)
	if err != nil {
		return fmt.Errorf("lock the setting %s: %w", c.Name, err)
	}
	before := Values{"setting": string(c.Name), "locked": !on}
	after := Values{"setting": string(c.Name), "locked": on}
	if err := t.note(ctx, "distributor.lock", before, after); err != nil {
		return err
	}
	as := Control{Name: c.Name, Label: c.Label, Fields: []Field{{Key: "locked", Label: lockLabel}}}
	return t.tell(ctx, Change{Control: as, DistributorID: t.dist.ID, Before: before, After: after}, mailChanged)
}

// loosens reports whether the values turn off what binds the people of the distributor.
func (c Control) loosens(before, after Values) bool {
	return slices.ContainsFunc(c.Fields, func(f Field) bool {
		return f.Binds && before[f.Key] == true && after[f.Key] != true
	})
}

// keepsLock refuses to loosen a locked setting, unless a person of the provider asked for it.
func (t turn) keepsLock(ctx context.Context, provider bool, ch Change) error {
	if provider || !ch.Control.loosens(ch.Before, ch.After) {
		return nil
	}
	locked, err := Locked(ctx, t.tx, t.dist.ID)
	if err != nil {
		return err
	}
	if slices.Contains(locked, ch.Control.Name) {
		return fault.New(fault.Forbidden, msgLocked, ch.Control.Label, t.dist.Name)
	}
	return nil
}

// requesterOfProvider reports whether a person of the provider asked for the change.
func (t turn) requesterOfProvider(ctx context.Context, ch Change) (is bool, err error) {
	err = t.tx.GetContext(ctx, &is, `
		select d.parent_id is null from staff s join distributors d on d.id = s.distributor_id
		where s.id = $1`, ch.RequestedBy)
	if err != nil {
		return false, fmt.Errorf("look for whom the requester works: %w", err)
	}
	return is, nil
}
