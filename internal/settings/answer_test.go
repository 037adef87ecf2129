package settings_test

import (
	"strings"
	"testing"
	"time"

	"handover/internal/fault"
	"handover/internal/settings"
	"handover/internal/testdb"
)

func TestSecondAdministratorApproves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
	cleo := f.Staff(testdb.Staff{Name: "Cleo", Distributor: f.reseller.ID}) // new
	chief := f.admin("Chief", f.Provider.ID)
	f.fourEyes(f.reseller.ID)
	id := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	f.want("it waits", "true", `select require_approval from distributors where id = $1`, f.reseller.ID)
	f.want("its audit entry",
		`{"change": 1, "consent": false, "setting": "approvals", "approval": true} `+
			`{"change": 1, "reason": "As agreed", "consent": false, "setting": "approvals", "approval": false}`,
		`select before::text || ' ' || after::text from audit_entries where action = 'setting_change.ask'
			and actor_name = 'Ada' and subject = $1`, f.reseller.Number)
	if got := f.mails(); got != "Ben: Approvals of Nordlys Partner: a change needs an answer; Cleo: Approvals "+
		"of Nordlys Partner: a change needs an answer" {
		t.Errorf("mails: %s", got)
	}
	for who, s := range map[string]testdb.Staff{
		"the requester": ada, "a new one": cleo,
		"the provider's, while the reseller has one": chief,
	} {
		if err := f.approve(s, f.reseller.ID, id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s approved: %v", who, err)
		}
		if err := f.reject(s, f.reseller.ID, id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s rejected: %v", who, err)
		}
	}
	if err := f.approve(f.admin("Beside", f.Distributor(testdb.Distributor{}).ID), f.reseller.ID, id); !fault.Is(err,
		fault.NotFound) {
		t.Errorf("a stranger approved: %v", err)
	}
	if err := f.approve(ben, f.reseller.ID, id+1); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown change: %v", err)
	}
	if err := f.approve(chief, f.below.ID, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the change of another distributor: %v", err)
	}
	if err := f.approve(ben, f.reseller.ID, id); err != nil {
		t.Fatal(err)
	}
	f.want("four eyes", "false", `select require_approval from distributors where id = $1`, f.reseller.ID)
	f.want("the audit entries", "distributor.approvals Ben, setting_change.approve Ben",
		`select string_agg(action || ' ' || actor_name, ', ' order by action) from audit_entries
			where action in ('distributor.approvals', 'setting_change.approve')`)
	f.want("the row", "approved Ben Looks right", `select c.status || ' ' || s.name || ' ' || c.answer
		from setting_changes c join staff s on s.id = c.answered_by`)
	if got := f.mails(); got !=
		"Ada: Approvals of Nordlys Partner changed; Cleo: Approvals of Nordlys Partner changed" {
		t.Errorf("mails: %s", got)
	}
	if err := f.approve(ben, f.reseller.ID, id); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved twice: %v", err)
	}
}

// If the distributor has no people who may answer, the one above does.
func TestTheDistributorAboveAnswers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	eve := f.admin("Eve", f.below.ID)
	f.invite(eve, f.below.ID, "puppet@morava.example", testdb.DefaultTime)
	ada := f.admin("Ada", f.reseller.ID)
	chief := f.admin("Chief", f.Provider.ID)
	f.fourEyes(f.below.ID)
	f.mails()
	id := f.ask(eve, f.below.ID, settings.Approvals, approvals(false, false))
	if got := f.mails(); got != "Ada: Approvals of Morava IT: a change needs an answer; puppet@morava.example: "+
		"Approvals of Morava IT: a change needs an answer" {
		t.Errorf("mails: %s", got)
	}
	ctx, by := f.by(eve)
	list, err := settings.Answerers(ctx, readerOf(f), by.Scope, f.below.ID, eve.ID, time.Now())
	if err != nil || len(list) != 1 || list[0].Name != "" || list[0].DistributorID != f.reseller.ID {
		t.Errorf("Eve learns of %+v, %v", list, err)
	}
	mine := func(s testdb.Staff) int {
		_, by := f.by(s)
		found, err := settings.ForStaff(t.Context(), f.pool, by.Scope, s.ID, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if mine(eve) != 0 || mine(ada) != 1 || mine(chief) != 0 {
		t.Errorf("it waits for %d, %d, %d; want Ada alone", mine(eve), mine(ada), mine(chief))
	}
	if err := f.approve(chief, f.below.ID, id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the provider answered before the reseller: %v", err)
	}
	if err := f.approve(ada, f.below.ID, id); err != nil {
		t.Error(err)
	}
}

// The provider's staff change a reseller's setting no faster than the reseller's own.
func TestProviderAsksTheReseller(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	chief, deputy := f.admin("Chief", f.Provider.ID), f.admin("Deputy", f.Provider.ID)
	ada := f.admin("Ada", f.reseller.ID)
	f.fourEyes(f.reseller.ID)
	id := f.ask(chief, f.reseller.ID, settings.Approvals, approvals(false, false))
	if err := f.approve(deputy, f.reseller.ID, id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the provider answered itself: %v", err)
	}
	_, by := f.by(ada)
	waiting, err := settings.Pending(by.Scope.In(t.Context(), by.Actor.ID), readerOf(f), by.Scope, f.reseller.ID,
		time.Now())
	if err != nil || len(waiting) != 1 || waiting[0].Requester != "another distributor" {
		t.Errorf("the reseller reads %+v, %v", waiting, err)
	}
	if err := f.approve(ada, f.reseller.ID, id); err != nil {
		t.Error(err)
	}
}

func TestRejectAndWithdraw(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
	f.fourEyes(f.reseller.ID)
	id := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	if _, err := f.change(ben, f.reseller.ID, settings.Approvals, approvals(true, true)); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("two changes of one setting wait: %v", err)
	}
	second := f.ask(ben, f.reseller.ID, settings.TimeZone, zone("Europe/Oslo"))
	f.mails()
	if err := f.reject(ben, f.reseller.ID, id); err != nil {
		t.Fatal(err)
	}
	if got := f.mails(); got != "Ada: Approvals of Nordlys Partner: the change was rejected" {
		t.Errorf("mails: %s", got)
	}
	actx, aby := f.by(ada)
	if _, err := f.desk.Withdraw(actx, aby, settings.Answer{
		DistributorID: f.reseller.ID,
		Change:        second,
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another's change was withdrawn: %v", err)
	}
	bctx, bby := f.by(ben)
	if _, err := f.desk.Withdraw(bctx, bby, settings.Answer{DistributorID: f.reseller.ID, Change: second}); err != nil {
		t.Fatal(err)
	}
	if got := f.mails(); got != "Ada: Time zone of Nordlys Partner: the change was withdrawn" {
		t.Errorf("mails: %s", got)
	}
	f.want("the rows", "rejected withdrawn", `select string_agg(status, ' ' order by id) from setting_changes`)
	f.want("nothing changed", "true UTC",
		`select require_approval || ' ' || time_zone from distributors where id = $1`, f.reseller.ID)
	f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false)) // there is room again
}

// A change that waits is carried out on what it was asked on, or not at all.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
	f.fourEyes(f.reseller.ID)
	approval := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	inZone := f.ask(ada, f.reseller.ID, settings.TimeZone, zone("Europe/Oslo"))
	f.Exec(`update distributors set require_consent = true where id = $1`, f.reseller.ID)
	if err := f.approve(ben, f.reseller.ID, approval); !fault.Is(err, fault.Conflict) ||
		!strings.Contains(err.Error(), "changed after this change was requested") {
		t.Errorf("it was approved on another basis: %v", err)
	}
	f.want("consent", "true", `select require_consent from distributors where id = $1`, f.reseller.ID)
	// Without four eyes a change at once ends one that waits.
	f.Exec(`update distributors set require_approval = false where id = $1`, f.reseller.ID)
	if _, err := f.change(ben, f.reseller.ID, settings.TimeZone, zone("Europe/Paris")); err != nil {
		t.Fatal(err)
	}
	if err := f.approve(ben, f.reseller.ID, inZone); !fault.Is(err, fault.Conflict) {
		t.Errorf("a change that was overtaken was approved: %v", err)
	}
	f.want("the zone", "Europe/Paris superseded", `select d.time_zone || ' ' || c.status from distributors d
		join setting_changes c on c.id = $2 where d.id = $1`,
		f.reseller.ID, inZone)
}

// A change is not made if its requester could not make it any more.
func TestRequesterMustStillBeAbleTo(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]string{
		"disabled": `update staff set status = 'disabled' where id = $1`,
		"demoted":  `update staff set role = 'support' where id = $1`,
		"moved": `update staff set distributor_id = (select min(id) from distributors where name = 'Morava IT')
			where id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
			f.fourEyes(f.reseller.ID)
			id := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
			f.Exec(end, ada.ID)
			if err := f.approve(ben, f.reseller.ID, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("approved: %v", err)
			}
			if err := f.reject(ben, f.reseller.ID, id); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestChangesExpire(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada, ben := f.admin("Ada", f.reseller.ID), f.admin("Ben", f.reseller.ID)
	f.fourEyes(f.reseller.ID)
	id := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	f.mails()
	if err := f.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.want("before its time", "pending", `select status from setting_changes`)
	now := time.Now().Add(settings.Life + time.Minute)
	f.desk.Now = func() time.Time { return now }
	if err := f.approve(ben, f.reseller.ID, id); !fault.Is(err, fault.Conflict) ||
		!strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired change was approved: %v", err)
	}
	for range 2 {
		if err := f.desk.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.want("afterwards", "expired", `select status from setting_changes`)
	f.want("the audit entry", "1", `select count(*) from audit_entries where action = 'setting_change.expire'
		and distributor_id = $1`, f.reseller.ID)
	if got := f.mails(); got != "Ada: Approvals of Nordlys Partner: the change expired; Ben: Approvals of "+
		"Nordlys Partner: the change expired" {
		t.Errorf("mails: %s", got)
	}
}

// A new change does not wait for Tick to clear away one that expired.
func TestAskAfterOneExpired(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	f.admin("Ben", f.reseller.ID)
	f.fourEyes(f.reseller.ID)
	f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	now := time.Now().Add(settings.Life + time.Minute)
	f.desk.Now = func() time.Time { return now }
	f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, true))
	f.want("both", "expired pending", `select string_agg(status, ' ' order by id) from setting_changes`)
}

// Two answers at once: one counts.
func TestAnswersAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	others := []testdb.Staff{
		f.admin("Ben", f.reseller.ID), f.admin("Cleo", f.reseller.ID),
		f.admin("Dora", f.reseller.ID),
	}
	f.fourEyes(f.reseller.ID)
	id := f.ask(ada, f.reseller.ID, settings.Approvals, approvals(false, false))
	done := make(chan error, len(others))
	for _, s := range others {
		ctx, by := f.by(s)
		proof := f.proof(s)
		go func() {
			_, err := f.desk.Approve(ctx, by, proof, settings.Answer{DistributorID: f.reseller.ID, Change: id})
			done <- err
		}()
	}
	given := 0
	for range others {
		if err := <-done; err == nil {
			given++
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	if given != 1 {
		t.Errorf("%d answers counted", given)
	}
	f.want("changes", "1", `select count(*) from audit_entries where action = 'distributor.approvals'`)
}

// A change that begins while four eyes are being switched on waits, and is then judged by
// them: the distributor's lock puts the two in line.
func TestChangeBeginsWhileFourEyesAreSwitchedOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	f.admin("Ben", f.reseller.ID)
	other, err := f.pool.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.Exec(`update distributors set require_approval = true where id = $1`,
		f.reseller.ID); err != nil {
		t.Fatal(err)
	}
	ctx, by := f.by(ada)
	proof := f.proof(ada)
	became := make(chan settings.Outcome, 1)
	go func() {
		outcome, err := f.desk.Change(ctx, by, proof, settings.Request{
			DistributorID: f.reseller.ID, Control: settings.TimeZone, Values: zone("Europe/Oslo"),
		})
		if err != nil {
			t.Error(err)
		}
		became <- outcome
	}()
	for f.Text(
		`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) ==
		"0" {
		time.Sleep(10 * time.Millisecond)
	}
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	if outcome := <-became; outcome != settings.Waiting {
		t.Errorf("the change is %s, want waiting", outcome)
	}
	f.want("the zone", "UTC", `select time_zone from distributors where id = $1`, f.reseller.ID)
}

// A mail that cannot be written undoes the change, so that no recipient misses one.
func TestMailsAreInTheTransaction(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ada := f.admin("Ada", f.reseller.ID)
	f.admin("Ben", f.reseller.ID)
	f.ExecOwner(`create function refuse() returns trigger language plpgsql as
		'begin raise exception ''out of order''; end'`)
	f.ExecOwner(`create trigger refuse before insert on outbox for each row execute function refuse()`)
	if _, err := f.change(ada, f.reseller.ID, settings.TimeZone, zone("Europe/Oslo")); err == nil {
		t.Error("it was changed without a mail")
	}
	f.want("the zone", "UTC", `select time_zone from distributors where id = $1`, f.reseller.ID)
}
