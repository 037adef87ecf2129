package settings_test

import (
	"errors"
	"strings"
	"testing"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/settings"
	"handover/internal/testdb"
)

func TestTimeZoneIsChecked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.Provider.ID)
	set := func(z string) error {
		_, err := f.change(ada, f.reseller.ID, settings.TimeZone, zone(z))
		return err
	}
	if err := set("Europe/Oslo"); err != nil {
		t.Fatal(err)
	}
	f.want("the zone", "Europe/Oslo", `select time_zone from distributors where id = $1`, f.reseller.ID)
	f.want("the audit entry", `{"time_zone": "UTC"} {"reason": "As agreed", "time_zone": "Europe/Oslo"}`,
		`select before::text || ' ' || after::text from audit_entries where action = 'distributor.time_zone'
			and subject = $1`, f.reseller.Number)
	if outcome, err := f.change(ada, f.reseller.ID, settings.TimeZone, zone("Europe/Oslo")); err != nil ||
		outcome != settings.Unchanged {
		t.Errorf("the same zone again: %s, %v", outcome, err)
	}
	f.want("audit entries", "1", `select count(*) from audit_entries where action like 'distributor.%'`)
	for _, z := range []string{"", "Local", "Europe/Nowhere", "../../etc/passwd", "FOO+3", "Europe/Oslo; drop"} {
		if err := set(z); !fault.Is(err, fault.Invalid) {
			t.Errorf("zone %q: %v, want a fault at the field", z, err)
		}
	}
}

// Without four eyes a change is made at once, and the others hear of it.
func TestChangeAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
	f.Staff(testdb.Staff{Name: "Manager", Distributor: f.reseller.ID, Role: "account_manager"})
	chief := f.admin("Chief", f.Provider.ID)
	if outcome, err := f.change(ada, f.reseller.ID, settings.Approvals, approvals(false, true)); err != nil ||
		outcome != settings.Changed {
		t.Fatalf("%s, %v", outcome, err)
	}
	f.want("who must agree", "false true", `select require_approval || ' ' || require_consent from distributors
		where id = $1`, f.reseller.ID)
	body := f.Text(`select body_text from outbox`)
	for _, part := range []string{
		"Hello Ben,", "Ada changed the setting “Approvals” of Nordlys Partner.",
		"Consent of both distributors: On (before: Off)",
		"Reason of the change: As agreed", "https://panel.example/rcp/" + f.reseller.Number,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the mail lacks %q: %s", part, body)
		}
	}
	if got := f.mails(); got != "Ben: Approvals of Nordlys Partner changed" {
		t.Errorf("mails: %s", got)
	}
	// The provider's staff are a stranger by name to the reseller.
	if _, err := f.change(chief, f.reseller.ID, settings.SecondFactor, settings.Values{"required": true}); err != nil {
		t.Fatal(err)
	}
	f.want("the mails", "2", `select count(*) from outbox
		where body_text like '%An administrator of another distributor changed%' and body_text not like '%Chief%'`)
	if got := f.mails(); got != "Ada: Second factor of Nordlys Partner changed; Ben: Second factor of Nordlys "+
		"Partner changed" {
		t.Errorf("mails: %s", got)
	}
	// Where the other administrators are gone, the distributor above hears of it.
	_, by := f.by(ada)
	if _, err := f.office.Disable(t.Context(), by, ben.ID); err != nil {
		t.Fatal(err)
	}
	f.mails()
	if _, err := f.change(ada, f.reseller.ID, settings.TimeZone, zone("Europe/Oslo")); err != nil {
		t.Fatal(err)
	}
	f.want("the mail names who did it", "1", `select count(*) from outbox
		where body_text like '%Ada changed%https://panel.example/pcp/%'`)
	if got := f.mails(); got != "Chief: Time zone of Nordlys Partner changed" {
		t.Errorf("mails: %s", got)
	}
}

func TestChangeStaysInsideTheScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	beside := f.Distributor(testdb.Distributor{})
	for _, id := range []int64{f.Provider.ID, beside.ID, 987654} {
		if _, err := f.change(ada, id, settings.TimeZone, zone("Europe/Oslo")); !fault.Is(err, fault.NotFound) {
			t.Errorf("distributor %d: %v", id, err)
		}
	}
	if _, err := f.change(ada, f.below.ID, settings.TimeZone, zone("Europe/Oslo")); err != nil {
		t.Errorf("the distributor below: %v", err)
	}
	if _, err := f.change(ada, f.reseller.ID, "colour", nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown setting: %v", err)
	}
	// The proof of another person is none.
	ctx, by := f.by(ada)
	_, err := f.desk.Change(ctx, by, f.proof(f.admin("Ben", f.reseller.ID)), settings.Request{
		DistributorID: f.reseller.ID, Control: settings.TimeZone, Values: zone("UTC"),
	})
	if !fault.Is(err, fault.Forbidden) {
		t.Errorf("another's proof: %v", err)
	}
	if _, err := f.desk.Change(ctx, by, identity.Confirmed{}, settings.Request{
		DistributorID: f.reseller.ID,
		Control:       settings.TimeZone,
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("no proof: %v", err)
	}
}

// Every setting can be read, is named once, and has words for what it says.
func TestControls(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.Provider.ID)
	seen := map[settings.Name]bool{}
	for _, c := range settings.Controls {
		ch := settings.Change{Control: c, DistributorID: f.reseller.ID}
		v, err := ch.Current(t.Context(), f.pool)
		if err != nil || seen[c.Name] || len(v) != len(c.Fields) || c.Label == "" || c.Action == "" ||
			c.Done("Nordlys", v) == "" {
			t.Errorf("%s: %v, %v", c.Name, v, err)
		}
		seen[c.Name] = true
		for _, field := range c.Fields {
			if _, known := v[field.Key]; !known || field.Words(v[field.Key]) == "" {
				t.Errorf("%s has no %s: %v", c.Name, field.Key, v)
			}
			switch was := v[field.Key].(type) { // what was read can be changed and is written
			case bool:
				v[field.Key] = !was
			case string:
				v[field.Key] = "Europe/Oslo"
				if c.Name == settings.Chart {
					v[field.Key] = map[bool]string{true: was + "9", false: ""}[was != ""]
				}
			}
		}
		f.Exec(`update distributors set require_approval = false`)
		if outcome, err := f.change(ada, f.reseller.ID, c.Name, v); err != nil || outcome != settings.Changed {
			t.Errorf("%s: %s, %v", c.Name, outcome, err)
		}
		if now, err := ch.Current(t.Context(), f.pool); err != nil || !now.Equal(v) {
			t.Errorf("%s says %v, want %v (%v)", c.Name, now, v, err)
		}
	}
}

func TestLongReason(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	ctx, by := f.by(ada)
	_, err := f.desk.Change(ctx, by, f.proof(ada), settings.Request{
		DistributorID: f.reseller.ID, Control: settings.TimeZone, Values: zone("UTC"), Reason: strings.Repeat("x", 501),
	})
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) != 1 || e.Fields[0].Name != "reason" {
		t.Errorf("a reason of 501 characters: %v", err)
	}
}
