package settings_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/settings"
	"handover/internal/testdb"
	"handover/internal/vault"
)

// fixture is a channel of three distributors, each with the rules of control settings.
type fixture struct {
	*testdb.World
	t               *testing.T
	pool            *sqlx.DB
	authenticator   *identity.Authenticator
	office          identity.StaffService
	desk            settings.Desk
	reseller, below testdb.Distributor
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	pool := testdb.New(t)
	f := &fixture{World: testdb.NewWorld(t, pool), t: t, pool: pool}
	f.reseller = f.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	f.below = f.Distributor(testdb.Distributor{Name: "Morava IT", Parent: f.reseller.ID})
	var err error
	if f.authenticator, err = identity.NewAuthenticator(pool, []byte(strings.Repeat("k", 32))); err != nil {
		t.Fatal(err)
	}
	links, err := vault.New([]byte(strings.Repeat("k", 32)), vault.MailedLinks)
	if err != nil {
		t.Fatal(err)
	}
	f.office = identity.StaffService{DB: pool, BaseURL: "https://panel.example", Vault: links}
	f.desk = settings.Desk{DB: pool, Now: time.Now, Link: func(number string, provider bool) string {
		return map[bool]string{true: "https://panel.example/pcp/", false: "https://panel.example/rcp/"}[provider] +
			number
	}}
	return f
}

// admin makes an administrator whose access is old enough to answer.
func (f *fixture) admin(name string, distributor int64) testdb.Staff {
	f.t.Helper()
	return f.Staff(testdb.Staff{Name: name, Distributor: distributor, Created: testdb.DefaultTime})
}

// by is the person as who acts, with the context of their requests: in their scope.
func (f *fixture) by(s testdb.Staff) (context.Context, identity.By) {
	scope := accounts.Scope{Root: s.Distributor, Everything: s.Distributor == f.Provider.ID}
	return scope.In(f.t.Context(), s.ID),
		identity.By{Actor: audit.Actor{ID: s.ID, Name: s.Name, DistributorID: s.Distributor}, Scope: scope}
}

func (f *fixture) proof(s testdb.Staff) identity.Confirmed {
	f.t.Helper()
	staff, err := identity.ByEmail(f.t.Context(), f.pool, s.Email)
	if err != nil {
		f.t.Fatal(err)
	}
	proof, err := f.authenticator.Confirm(f.t.Context(), staff, identity.Confirmation{Password: s.Password})
	if err != nil {
		f.t.Fatal(err)
	}
	return proof
}

// approvals are the values of the setting.
func approvals(approval, consent bool) settings.Values {
	return settings.Values{"approval": approval, "consent": consent}
}

func zone(name string) settings.Values { return settings.Values{"time_zone": name} }

func (f *fixture) change(s testdb.Staff, distributor int64, name settings.Name,
	v settings.Values,
) (settings.Outcome, error) {
	f.t.Helper()
	ctx, by := f.by(s)
	return f.desk.Change(ctx, by, f.proof(s), settings.Request{
		DistributorID: distributor, Control: name, Values: v,
		Reason: "As agreed",
	})
}

// ask requests a change that must wait, and returns its id.
func (f *fixture) ask(s testdb.Staff, distributor int64, name settings.Name, v settings.Values) int64 {
	f.t.Helper()
	outcome, err := f.change(s, distributor, name, v)
	if err != nil || outcome != settings.Waiting {
		f.t.Fatalf("the change is %s: %v", outcome, err)
	}
	waiting, err := settings.Pending(f.t.Context(), f.pool, accounts.Scope{Everything: true}, distributor, f.desk.Now())
	if err != nil || len(waiting) == 0 {
		f.t.Fatalf("%d changes wait: %v", len(waiting), err)
	}
	return waiting[len(waiting)-1].ID
}

func (f *fixture) approve(s testdb.Staff, distributor, id int64) error {
	f.t.Helper()
	ctx, by := f.by(s)
	_, err := f.desk.Approve(ctx, by, f.proof(s), settings.Answer{
		DistributorID: distributor, Change: id,
		Reason: "Looks right",
	})
	return err
}

func (f *fixture) reject(s testdb.Staff, distributor, id int64) error {
	f.t.Helper()
	ctx, by := f.by(s)
	_, err := f.desk.Reject(ctx, by, settings.Answer{DistributorID: distributor, Change: id})
	return err
}

// fourEyes makes the distributor require approval by a second person.
func (f *fixture) fourEyes(distributor int64) {
	f.t.Helper()
	f.Exec(`update distributors set require_approval = true where id = $1`, distributor)
}

// want compares what the query says with the text.
func (f *fixture) want(what, want, query string, args ...any) {
	f.t.Helper()
	if got := f.Text(query, args...); got != want {
		f.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// mails returns who got which mail since the last call, by recipient's name.
func (f *fixture) mails() string {
	f.t.Helper()
	got := f.Text(`select coalesce(string_agg(s.name || ': ' || m.subject, '; ' order by s.name), 'none')
		from outbox m join staff s on s.id = m.staff_id`)
	f.Exec(`delete from outbox`)
	return got
}

// readerOf reads as a page does.
func readerOf(f *fixture) db.Querier {
	reader := db.NewReader(f.pool)
	f.t.Cleanup(reader.Release)
	return reader
}
