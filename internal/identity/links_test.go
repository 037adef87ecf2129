package identity_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/notify"
	"handover/internal/testdb"
)

var linkForm = regexp.MustCompile(`^https://panel\.example/(invitation|reset)/([A-Z2-7]{52})$`)

// sealedLink opens the link of the mail that the query finds.
func (c channel) sealedLink(query string) string {
	c.Helper()
	var mail struct {
		ID     int64
		Secret []byte
	}
	if err := c.pool.Get(&mail, query); err != nil {
		c.Fatal(err)
	}
	link, err := c.service.Vault.Open(mail.ID, mail.Secret)
	if err != nil {
		c.Fatal(err)
	}
	return link
}

// lastToken returns the token in the newest mail, and checks that only its secret holds it.
func (c channel) lastToken() string {
	c.Helper()
	link := c.sealedLink(`select id, secret from outbox order by id desc limit 1`)
	match := linkForm.FindStringSubmatch(link)
	if match == nil {
		c.Fatalf("the link is %q", link)
	}
	if n := c.world.Text(`select count(*) from outbox where body_text || body_html like '%' || $1 || '%'`,
		match[2]); n != "0" {
		c.Error("the token is in a body")
	}
	return match[2]
}

func (c channel) invite() identity.Staff {
	c.Helper()
	s, err := c.service.Invite(c.Context(), c.by(c.boss), identity.Invitation{
		Email: "new@nordlys.example", Change: identity.Change{
			Name: "Nora Lys", Role: identity.Finance,
			DistributorID: c.world.Provider.ID,
		},
	})
	if err != nil {
		c.Fatal(err)
	}
	return s
}

var fromHome = identity.Client{Address: "192.0.2.77"}

const chosen = "seven green umbrellas"

func TestInvitation(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	s := c.invite()
	if got := c.world.Text(
		`select recipient || ' ' || state || ' ' || staff_id || ' ' || brand_id from outbox`); got !=
		fmt.Sprintf("new@nordlys.example waiting %d %d", s.ID, c.world.Brand.ID) {
		t.Errorf("the mail: %s", got)
	}
	token := c.lastToken()
	if n := c.world.Text(`select count(*) from staff_links where token_hash = sha256($1)`, []byte(token)); n != "1" {
		t.Error("the row does not hold the token's hash")
	}
	if _, err := c.try(s.Email, "", "192.0.2.1"); err == nil {
		t.Error("an invited person signs in without a password")
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForReset, token, chosen,
		fromHome); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an invitation resets a password: %v", err)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForInvitation, token, "noralys2026",
		fromHome); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a weak password: %v", err)
	}
	for range 2 { // opening uses nothing up
		if opened, err := c.service.OpenLink(t.Context(), identity.ForInvitation, token); err != nil ||
			opened.ID != s.ID {
			t.Fatalf("%+v %v", opened, err)
		}
	}
	done := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := c.service.UseLink(t.Context(), identity.ForInvitation, token, chosen, fromHome)
			done <- err
		}()
	}
	used := 0
	for range 4 {
		if err := <-done; err == nil {
			used++
		} else if fault.CodeOf(err) != fault.NotFound {
			t.Error(err)
		}
	}
	if used != 1 {
		t.Errorf("the link was used %d times", used)
	}
	if _, err := c.try(s.Email, chosen, "192.0.2.1"); err != nil {
		t.Error(err)
	}
	if got := c.world.Text(`select string_agg(action, ' ' order by id) from audit_entries
		where subject = 'new@nordlys.example' and action like 'staff.%'`); got != "staff.invite staff.join" {
		t.Errorf("audit: %s", got)
	}
	if got := c.world.Text(`select coalesce(secret::text, '') || state from outbox`); got != "failed" {
		t.Errorf("the mail that waited is now %q", got)
	}
}

func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]func(c channel, s identity.Staff) error{
		"too old": func(c channel, _ identity.Staff) error {
			c.world.Exec(`update staff_links set expires_at = expires_at - interval '7 days 1 second'`)
			return nil
		},
		"withdrawn": func(c channel, s identity.Staff) error {
			_, err := c.service.Withdraw(c.Context(), c.by(c.boss), s.ID)
			return err
		},
		"replaced": func(c channel, s identity.Staff) error {
			_, err := c.service.InviteAgain(c.Context(), c.by(c.boss), s.ID)
			return err
		},
		"set by a command": func(c channel, s identity.Staff) error {
			return identity.SetPassword(c.Context(), c.pool, operator, s.Email, chosen)
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChannel(t)
			s := c.invite()
			token := c.lastToken()
			if err := end(c, s); err != nil {
				t.Fatal(err)
			}
			if _, err := c.service.OpenLink(t.Context(), identity.ForInvitation,
				token); fault.CodeOf(err) != fault.NotFound {
				t.Errorf("opens: %v", err)
			}
			if _, err := c.service.UseLink(t.Context(), identity.ForInvitation, token, chosen,
				fromHome); fault.CodeOf(err) != fault.NotFound {
				t.Errorf("is used: %v", err)
			}
			if err := identity.ForgetEnded(t.Context(), c.pool); err != nil {
				t.Fatal(err)
			}
			if kept := c.world.Text(
				`select count(*) from outbox where has_secret and id = (select min(id) from outbox)`); kept != "0" {
				t.Error("the outbox keeps the link")
			}
			if told := c.world.Text(`select count(*) from outbox where subject = 'Your password was changed'`); told !=
				"0" {
				t.Error("a person who never signed in is told of a changed password")
			}
		})
	}
}

func TestInviteAgain(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	s := c.invite()
	_, err := c.service.Invite(t.Context(), c.by(c.boss), identity.Invitation{
		Email: "NEW@nordlys.example", Change: identity.Change{
			Name: "Nora Lys", Role: identity.Finance,
			DistributorID: c.world.Provider.ID,
		},
	})
	if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "already") {
		t.Errorf("invited twice: %v", err)
	}
	if _, err := c.service.Disable(t.Context(), c.by(c.boss), s.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("disabled an invited person: %v", err)
	}
	if _, err := c.service.Withdraw(t.Context(), c.by(c.boss), s.ID); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"withdrawn twice":  second(c.service.Withdraw(t.Context(), c.by(c.boss), s.ID)),
		"enabled":          second(c.service.Enable(t.Context(), c.by(c.boss), s.ID)),
		"a reset sent":     second(c.service.SendReset(t.Context(), c.by(c.boss), s.ID)),
		"an active person": second(c.service.InviteAgain(t.Context(), c.by(c.boss), c.second.ID)),
	} {
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again := c.invite(); again.ID != s.ID || again.Status != identity.Invited {
		t.Errorf("invited again as %+v", again)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForInvitation, c.lastToken(), chosen, fromHome); err != nil {
		t.Error(err)
	}
}

func second(_ identity.Staff, err error) error { return err }

func TestReset(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	session := c.mustSignIn()
	if _, err := c.service.SendReset(t.Context(), c.by(c.boss), c.boss.ID); err != nil {
		t.Fatal(err)
	}
	token := c.lastToken()
	if !c.signedIn(session) {
		t.Error("the mail alone ended the session")
	}
	for range 25 { // an attacker keeps failing, so that a new address is refused
		c.world.Exec(`insert into sign_in_attempts (email, address, succeeded) values ($1, '203.0.113.9', false)`,
			c.boss.Email)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForReset, token, chosen, fromHome); err != nil {
		t.Fatal(err)
	}
	if c.signedIn(session) {
		t.Error("the session goes on after the reset")
	}
	if got := c.world.Text(`select subject || ' ' || (body_text like '%from the network address ' || $1 || ' on %')
		from outbox order by id desc limit 1`, fromHome.Address); got != "Your password was changed true" {
		t.Errorf("the last mail: %s", got)
	}
	if _, err := c.try(c.boss.Email, testdb.Password, fromHome.Address); err == nil {
		t.Error("the old password works")
	}
	if _, err := c.try(c.boss.Email, chosen, fromHome.Address); err != nil {
		t.Errorf("the owner is locked out where the link was used: %v", err)
	}
	disabled := c.world.Staff(testdb.Staff{Role: "support"})
	if _, err := c.service.SendReset(t.Context(), c.by(c.boss), disabled.ID); err != nil {
		t.Fatal(err)
	}
	token = c.lastToken()
	if _, err := c.service.Disable(t.Context(), c.by(c.boss), disabled.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForReset, token, chosen,
		fromHome); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a disabled person resets: %v", err)
	}
}

func TestForgot(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	gone := c.world.Staff(testdb.Staff{Status: "disabled"})
	mails := func() string { return c.world.Text(`select count(*) from outbox`) }
	least := map[string]time.Duration{}
	for _, email := range []string{c.boss.Email, "unknown@aurora.example", gone.Email, strings.Repeat("ü", 1000)} {
		start := time.Now()
		if err := c.service.Forgot(t.Context(), email, fromHome); err != nil {
			t.Errorf("%.30s: %v", email, err)
		}
		least[email] = time.Since(start)
		if least[email] < 390*time.Millisecond {
			t.Errorf("%.30s is answered after %v", email, least[email])
		}
	}
	if mails() != "1" || c.world.Text(`select recipient from outbox`) != c.boss.Email {
		t.Errorf("%s mails", mails())
	}
	first := c.lastToken()
	for range 4 {
		if err := c.service.Forgot(t.Context(), strings.ToUpper(c.boss.Email),
			identity.Client{Address: "198.51.100.1"}); err != nil {
			t.Error(err)
		}
	}
	if mails() != "3" {
		t.Errorf("%s mails in an hour, want 3", mails())
	}
	if _, err := c.service.OpenLink(t.Context(), identity.ForReset, first); fault.CodeOf(err) != fault.NotFound {
		t.Error("the first of several links still opens")
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForReset, c.lastToken(), chosen, fromHome); err != nil {
		t.Error(err)
	}
	c.world.Exec(`insert into reset_requests (email, address) select 'person' || n, '203.0.113.9'
		from generate_series(1, 20) n`)
	for _, email := range []string{c.boss.Email, "unknown@aurora.example"} {
		err := c.service.Forgot(t.Context(), email, identity.Client{Address: "203.0.113.9"})
		if fault.CodeOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), "Too many links were requested") {
			t.Errorf("%s: %v", email, err)
		}
	}
	if n := c.world.Text(`select count(*) from audit_entries where action = 'staff.forgot_password'`); n != "8" {
		t.Errorf("%s entries, want 8", n)
	}
}

func TestMailsShowNoLink(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	s := c.invite()
	id := int64(0)
	if err := c.pool.Get(&id, `select id from outbox`); err != nil {
		t.Fatal(err)
	}
	token := c.lastToken()
	m, err := notify.GetMail(t.Context(), c.pool, c.by(c.boss).Scope, id)
	if err != nil || !m.HasSecret || strings.Contains(m.Plain+m.HTML, token) ||
		!strings.Contains(m.Plain, notify.Withheld) {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := c.service.RevealLink(t.Context(), identity.By{Actor: operator, Scope: c.by(c.second).Scope},
		id); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a reseller reads the provider's mail: %v", err)
	}
	m, err = c.service.RevealLink(t.Context(), c.by(c.boss), id)
	if err != nil || !strings.Contains(m.Plain, "https://panel.example/invitation/"+token) ||
		!strings.Contains(m.HTML, `<a href="https://panel.example/invitation/`+token+`">`) {
		t.Errorf("%+v, %v", m, err)
	}
	if got := c.world.Text(
		`select actor_name || ' ' || subject from audit_entries where action = 'mail.reveal_link'`); got !=
		c.boss.Name+" "+s.Email {
		t.Errorf("audit: %s", got)
	}
	if _, err := c.service.Withdraw(t.Context(), c.by(c.boss), s.ID); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"reveal": secondMail(c.service.RevealLink(t.Context(),
			identity.By{Actor: operator, Scope: c.by(c.boss).Scope}, id)),
		"resend": secondMail(notify.Resend(t.Context(), c.pool, c.by(c.boss).Scope, operator, id, time.Now())),
	} {
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%s a dead link: %v", name, err)
		}
	}
}

func secondMail(_ notify.Mail, err error) error { return err }
