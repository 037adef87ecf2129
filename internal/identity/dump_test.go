package identity_test

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"testing"

	"handover/internal/identity"
	"handover/internal/testdb"
)

// dump returns every row of every table as text, as a stolen backup has them.
func (h fixture) dump() string {
	h.Helper()
	var tables []string
	err := h.pool.Select(&tables, `select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'p')
		and c.relnamespace = 'public'::regnamespace`)
	if err != nil || len(tables) < 40 {
		h.Fatalf("%d tables, %v", len(tables), err)
	}
	var out strings.Builder
	for _, table := range tables {
		out.WriteString(h.world.Text(`select coalesce(string_agg(r::text, E'\n'), '') from ` + table + ` r`))
	}
	return out.String()
}

// words are what a dump holds that is long enough to open something.
var words = regexp.MustCompile(`[A-Za-z0-9+/=_-]{16,}`)

// Nothing in the database signs anybody in: not what it holds, nor the texts that are in it, tried
// in each place where a secret is asked for.
func TestNothingInADumpSignsAnybodyIn(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	c := channel{fixture: p.fixture, service: identity.StaffService{
		DB: p.pool, BaseURL: "https://panel.example",
		Vault: mailedLinks(t),
	}, boss: p.staff}
	c.world.Exec(`delete from sign_in_attempts`)
	half := p.pending()
	whole, err := p.authenticator.EnterCode(t.Context(), p.pending(), p.code(noon), here, "")
	if err != nil {
		t.Fatal(err)
	}
	invited := c.invite()
	invitation := c.lastToken()
	if _, err := c.service.SendReset(t.Context(), c.by(c.boss), c.boss.ID); err != nil {
		t.Fatal(err)
	}
	reset := c.lastToken()
	token, err := identity.IssueToken(t.Context(), p.pool, operator, p.me, identity.NewToken{Label: "billing"})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{ // the test would prove nothing with secrets that open nothing
		"session": func() error { _, err := identity.Resume(t.Context(), p.pool, whole); return err }(),
		"token": func() error {
			_, err := identity.ResumeToken(t.Context(), p.pool, token, "192.0.2.1")
			return err
		}(),
		"link": second(c.service.OpenLink(t.Context(), identity.ForInvitation, invitation)),
	} {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}

	dump := p.dump()
	secrets := append([]string{half, whole, invitation, reset, token, p.secret, testdb.Password}, p.codes...)
	for _, code := range p.codes {
		secrets = append(secrets, strings.ReplaceAll(code, "-", ""))
	}
	for _, secret := range secrets {
		for form, text := range map[string]string{
			"itself": secret, "hex": hex.EncodeToString([]byte(secret)),
			"base64": base64.RawStdEncoding.EncodeToString([]byte(secret)),
		} {
			if strings.Contains(dump, text) {
				t.Errorf("the dump holds the secret %.8s... as %s", secret, form)
			}
		}
	}
	found := words.FindAllString(dump, -1)
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) < 20 {
		t.Fatalf("the dump has %d words", len(found))
	}
	for _, word := range found {
		_, session := identity.Resume(t.Context(), p.pool, word)
		_, bearer := identity.ResumeToken(t.Context(), p.pool, word, "192.0.2.1")
		_, invite := c.service.OpenLink(t.Context(), identity.ForInvitation, word)
		_, link := c.service.OpenLink(t.Context(), identity.ForReset, word)
		_, code := p.authenticator.EnterCode(t.Context(), word, p.codes[1], here, "")
		if session == nil || bearer == nil || invite == nil || link == nil || code == nil {
			t.Errorf("%q, which the dump holds, opens something of %s or %s", word, p.staff.Email, invited.Email)
		}
	}
}
