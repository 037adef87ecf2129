package identity_test

import (
	"errors"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

// opened are the ways into a person's account that were open before a change.
type opened struct {
	channel
	who            testdb.Staff
	session, token string
}

// openAll signs a person of the reseller in twice over, leaves a sign-in half done, mails a link
// and makes an API token.
func openAll(t *testing.T) opened {
	t.Helper()
	c := newChannel(t)
	o := opened{channel: c, who: c.world.Staff(testdb.Staff{Distributor: c.reseller.ID, Role: "support"})}
	var err error
	if o.session, err = c.try(o.who.Email, testdb.Password, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	c.world.Exec(`insert into pending_sign_ins (id_hash, staff_id, expires_at)
		values (sha256('pending'), $1, now() + interval '5 minutes')`, o.who.ID)
	if _, err := c.service.SendReset(t.Context(), c.by(c.second), o.who.ID); err != nil {
		t.Fatal(err)
	}
	if o.token, err = identity.IssueToken(t.Context(), c.pool, operator, o.person(),
		identity.NewToken{Label: "billing"}); err != nil {
		t.Fatal(err)
	}
	return o
}

// person is the staff member as the database has them now.
func (o opened) person() identity.Staff {
	o.Helper()
	s, err := identity.ByEmail(o.Context(), o.pool, o.who.Email)
	if err != nil {
		o.Fatal(err)
	}
	return s
}

// resumes reports whether the token opens anything.
func (c channel) resumes(token string) bool {
	c.Helper()
	_, err := identity.ResumeToken(db.WithoutScope(c.Context()), c.pool, token, "192.0.2.1")
	if err != nil && !fault.Is(err, fault.Unauthorized) {
		c.Fatal(err)
	}
	return err == nil
}

// TestCredentialsEndTogether: each change of how a person signs in, or of what they may do, ends
// their sessions, sign-ins half done, links and API tokens.
func TestCredentialsEndTogether(t *testing.T) {
	t.Parallel()
	const next = "seven green umbrellas"
	changes := map[string]func(o opened) error{
		"another role": func(o opened) error {
			_, err := o.service.Change(o.Context(), o.by(o.second), o.who.ID,
				identity.Change{Name: o.who.Name, Role: identity.Auditor, DistributorID: o.reseller.ID})
			return err
		},
		"another distributor": func(o opened) error {
			_, err := o.service.Change(o.Context(), o.by(o.second), o.who.ID,
				identity.Change{Name: o.who.Name, Role: identity.Support, DistributorID: o.below.ID})
			return err
		},
		"disabled and enabled": func(o opened) error {
			if _, err := o.service.Disable(o.Context(), o.by(o.second), o.who.ID); err != nil {
				return err
			}
			_, err := o.service.Enable(o.Context(), o.by(o.second), o.who.ID)
			return err
		},
		"a password at the command line": func(o opened) error {
			return identity.SetPassword(o.Context(), o.pool, operator, o.who.Email, next)
		},
		"a link that was used": func(o opened) error {
			secret := o.sealedLink(`select id, secret from outbox where has_secret order by id desc limit 1`)
			_, err := o.service.UseLink(o.Context(), identity.ForReset, secret[len(secret)-52:], next, here)
			return err
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openAll(t)
			if !o.signedIn(o.session) || !o.resumes(o.token) {
				t.Fatal("nothing was open before")
			}
			if err := change(o); err != nil {
				t.Fatal(err)
			}
			if o.signedIn(o.session) || o.resumes(o.token) {
				t.Errorf("session open: %t, token open: %t", o.signedIn(o.session), o.resumes(o.token))
			}
			left := o.world.Text(`
				select concat_ws(' ', (select count(*) from pending_sign_ins where staff_id = $1),
				                 (select count(*) from staff_links where staff_id = $1),
				    (select count(*) from api_tokens where staff_id = $1 and revoked_at is null))`, o.who.ID)
			if left != "0 0 0" {
				t.Errorf("pending sign-ins, links and tokens that are left: %s", left)
			}
		})
	}
}

// TestOwnChangesKeepTheSessionAtHand: what a person changes about their own sign-in leaves only the
// browser in which they did it.
func TestOwnChangesKeepTheSessionAtHand(t *testing.T) {
	t.Parallel()
	changes := map[string]func(o opened, mine string) (string, error){
		"end other sessions": func(o opened, mine string) (string, error) {
			_, tokens, err := identity.EndOtherSessions(o.Context(), o.pool, o.person(), "192.0.2.1", mine)
			if tokens != 1 {
				o.Errorf("%d tokens ended", tokens)
			}
			return mine, err
		},
		"another password": func(o opened, mine string) (string, error) {
			return o.authenticator.ChangePassword(o.Context(), o.person(), identity.PasswordChange{
				Current: testdb.Password, New: "seven green umbrellas", Token: mine, Client: here,
			})
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openAll(t)
			mine, err := o.try(o.who.Email, testdb.Password, "192.0.2.1")
			if err != nil {
				t.Fatal(err)
			}
			if mine, err = change(o, mine); err != nil {
				t.Fatal(err)
			}
			if !o.signedIn(mine) || o.signedIn(o.session) || o.resumes(o.token) {
				t.Errorf("this session open: %t, the other: %t, the token: %t", o.signedIn(mine),
					o.signedIn(o.session), o.resumes(o.token))
			}
		})
	}
}

// TestRequiredSecondFactorClosesTokens: a token of a person who must set up a second factor opens
// nothing until it is set up; one that began with single sign-on goes on.
func TestRequiredSecondFactorClosesTokens(t *testing.T) {
	t.Parallel()
	o := openAll(t)
	o.world.Exec(`update distributors set second_factor_required = true where id = $1`, o.reseller.ID)
	if o.resumes(o.token) {
		t.Error("a password's token goes on without the second factor")
	}
	o.world.Exec(`update api_tokens set proof = 'single_sign_on'`)
	if !o.resumes(o.token) {
		t.Error("a token that began with single sign-on is closed")
	}
	o.world.Exec(`update api_tokens set proof = 'password'`)
	o.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) values ($1, 'sealed', now())`, o.who.ID)
	if !o.resumes(o.token) {
		t.Error("the token is closed though the second factor is set up")
	}
}

func TestMakingATokenTakesPasswordAndCode(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	create := func(password, code string, ends *time.Time) (string, error) {
		me, err := identity.ByEmail(t.Context(), p.pool, p.staff.Email)
		if err != nil {
			t.Fatal(err)
		}
		return p.authenticator.CreateToken(t.Context(), me, identity.NewToken{Label: "billing", ExpiresAt: ends},
			identity.Confirmation{Password: password, Code: code, Client: here})
	}
	late := time.Now().AddDate(2, 0, 0)
	for name, tt := range map[string]struct {
		password, code, field string
		ends                  *time.Time
	}{
		"no password":    {code: p.codes[0], field: "password"},
		"wrong password": {password: "wrong password", code: p.codes[0], field: "password"},
		"no code":        {password: testdb.Password, field: "code"},
		"wrong code":     {password: testdb.Password, code: "000000", field: "code"},
		"two years":      {password: testdb.Password, code: p.codes[0], ends: &late, field: "expires"},
	} {
		if _, err := create(tt.password, tt.code, tt.ends); fault.CodeOf(err) != fault.Invalid ||
			fieldOf(err) != tt.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := p.world.Text(`select count(*) from api_tokens`); n != "0" {
		t.Fatalf("%s tokens were made without proof", n)
	}
	secret, err := create(testdb.Password, p.codes[1], nil)
	if err != nil || !(channel{fixture: p.fixture}).resumes(secret) {
		t.Fatalf("%q, %v", secret, err)
	}
	if days := p.world.Text(
		`select round(extract(epoch from expires_at - created_at) / 86400) from api_tokens`); days != "90" {
		t.Errorf("the token ends after %s days", days)
	}
	if told := p.world.Text(`select subject from outbox order by id desc limit 1`); told !=
		"An API token was created for your account" {
		t.Errorf("the mail is %q", told)
	}
}

// fieldOf is the first field that a fault names.
func fieldOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok && len(e.Fields) > 0 {
		return e.Fields[0].Name
	}
	return ""
}
