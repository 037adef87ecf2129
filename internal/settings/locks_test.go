package settings_test

import (
	"strings"
	"testing"

	"handover/internal/fault"
	"handover/internal/settings"
)

// A locked setting is tightened by everybody who may set it, and loosened by the provider only.
func TestLockedSettingsAreLoosenedByTheProviderOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	boss, theirs := f.admin("Boss", f.Provider.ID), f.admin("Theirs", f.reseller.ID)
	f.admin("Colleague", f.reseller.ID)
	lock := func(names ...settings.Name) (bool, error) {
		ctx, by := f.by(boss)
		return f.desk.Lock(ctx, by, f.proof(boss), f.reseller.ID, names)
	}
	ctx, by := f.by(theirs)
	if _, err := f.desk.Lock(ctx, by, f.proof(theirs), f.reseller.ID,
		[]settings.Name{settings.Approvals}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a reseller locks: %v", err)
	}
	if changed, err := lock(settings.SecondFactor); err != nil || !changed {
		t.Fatalf("%t, %v", changed, err)
	}
	if changed, err := lock(settings.SecondFactor); err != nil || changed {
		t.Errorf("once more: %t, %v", changed, err)
	}
	require := func(on bool) error {
		_, err := f.desk.Change(ctx, by, f.proof(theirs), settings.Request{
			DistributorID: f.reseller.ID, Control: settings.SecondFactor, Values: settings.Values{"required": on},
		})
		return err
	}
	if err := require(true); err != nil {
		t.Errorf("tightening: %v", err)
	}
	if err := require(false); !fault.Is(err, fault.Forbidden) ||
		!strings.Contains(err.Error(), `The provider locked "Second factor" of Nordlys Partner.`) {
		t.Errorf("loosening: %v", err)
	}
	if got := f.Text(`select string_agg(actor_name || ' ' || (after ->> 'setting') || ' ' || (after ->> 'locked'),
		', ') from audit_entries where action = 'distributor.lock'`); got != "Boss second_factor true" {
		t.Errorf("audit: %s", got)
	}
	if got := f.Text(`select count(*) from outbox where body_text like '%Locked by the provider: On (before: Off)%'`); got !=
		"2" {
		t.Errorf("%s mails tell of the lock, want 2", got)
	}
	ctx, by = f.by(boss)
	_, err := f.desk.Change(ctx, by, f.proof(boss), settings.Request{
		DistributorID: f.reseller.ID, Control: settings.SecondFactor, Values: settings.Values{"required": false},
	})
	if err != nil {
		t.Errorf("the provider loosens: %v", err)
	}
}

// A change that waited when the lock came is not approved either.
func TestLockHoldsForChangesThatWait(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	boss, theirs, colleague := f.admin("Boss", f.Provider.ID), f.admin("Theirs", f.reseller.ID),
		f.admin("Colleague", f.reseller.ID)
	f.Exec(`update distributors set require_approval = true where id = $1`, f.reseller.ID)
	ctx, by := f.by(theirs)
	outcome, err := f.desk.Change(ctx, by, f.proof(theirs), settings.Request{
		DistributorID: f.reseller.ID, Control: settings.Approvals, Values: settings.Values{
			"approval": false,
			"consent":  false,
		},
	})
	if err != nil || outcome != settings.Waiting {
		t.Fatalf("%s, %v", outcome, err)
	}
	above, byBoss := f.by(boss)
	if _, err := f.desk.Lock(above, byBoss, f.proof(boss), f.reseller.ID,
		[]settings.Name{settings.Approvals}); err != nil {
		t.Fatal(err)
	}
	var change int64
	if err := f.pool.Get(&change, `select id from setting_changes where status = 'pending'`); err != nil {
		t.Fatal(err)
	}
	ctx, by = f.by(colleague)
	if _, err := f.desk.Approve(ctx, by, f.proof(colleague), settings.Answer{
		DistributorID: f.reseller.ID,
		Change:        change,
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("approved: %v", err)
	}
	if got := f.Text(`select require_approval from distributors where id = $1`, f.reseller.ID); got != "true" {
		t.Error("the locked setting was loosened")
	}
}
