package notify_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/internal/notify"
	"handover/internal/testdb"
	"handover/internal/vault"
)

// mailedLinks is the vault that seals links under a key of this character.
func mailedLinks(t *testing.T, key string) vault.Vault {
	t.Helper()
	secrets, err := vault.New([]byte(strings.Repeat(key, 32)), vault.MailedLinks)
	if err != nil {
		t.Fatal(err)
	}
	return secrets
}

// The link is in the mail that is sent, in both its forms, and nowhere in the outbox
// once the server has it.
func TestSecretsAreSentAndForgotten(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	address := to.start(t, anyPort, false)
	const link = "https://panel.example/reset/ABC?a=1&b=2"
	// A name that holds what marks the place of a link moves no link.
	const evil = "https://evil.example/" + notify.Withheld
	person := o.world.Staff(testdb.Staff{Email: "ada@aurora.example"})
	write := func() (int64, string) {
		id, err := notify.WriteLink(t.Context(), o.pool, mailedLinks(t, "k"), notify.StaffMail{
			StaffID: person.ID, Subject: "Choose another password", Text: "Hello " + evil + ",\n\nhere:",
			Below: "Bye " + evil + "\n",
		}, link)
		if err != nil {
			t.Fatal(err)
		}
		return id, strconv.FormatInt(id, 10)
	}
	deadID, dead := write()
	_, id := write()
	if err := notify.Revoke(t.Context(), o.pool, []int64{deadID}); err != nil {
		t.Fatal(err)
	}
	// the outbox of this test has a clock of its own
	o.world.Exec(`update outbox set next_attempt_at = $1`, testdb.DefaultTime)
	stop := o.run(o.sender("smtp://" + address))
	o.wait(id, "state", "sent")
	time.Sleep(50 * time.Millisecond)
	stop()
	got := to.mails()
	if len(got) != 1 || got[0].to != "ada@aurora.example" {
		t.Fatalf("the server got %d mails: %+v", len(got), got)
	}
	m := got[0].parse(t)
	parts := bodies(t, m.Header.Get("Content-Type"), m.Body)
	if want := "Hello " + evil + ",\n\nhere:\n" + link + "\n\nBye " + evil + "\n"; parts["text/plain"] != want {
		t.Errorf("the text is %q, want %q", parts["text/plain"], want)
	}
	if strings.Count(parts["text/html"], "<a ") != 1 ||
		!strings.Contains(parts["text/html"], `<a href="https://panel.example/reset/ABC?a=1&amp;b=2">`) {
		t.Errorf("the mail is %v", parts)
	}
	if kept := o.column(id, "coalesce(secret::text, '') || body_text || body_html"); strings.Contains(kept,
		"/reset/") || strings.Count(kept, notify.Withheld) != 4 {
		t.Errorf("the outbox keeps %s", kept)
	}
	if state := o.column(dead, "state || coalesce(secret::text, '')"); state != "failed" {
		t.Errorf("the mail with the dead link is %s", state)
	}
}

// A mail whose link was sealed under another key fails with its sentence, and no other waits.
func TestLinkSealedUnderAnotherKeyFails(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	address := to.start(t, anyPort, false)
	person := o.world.Staff(testdb.Staff{Email: "ada@aurora.example"})
	m := notify.StaffMail{StaffID: person.ID, Subject: "Choose another password", Text: "here:"}
	id, err := notify.WriteLink(t.Context(), o.pool, mailedLinks(t, "x"), m, "https://panel.example/reset/ABC")
	if err != nil {
		t.Fatal(err)
	}
	other := o.write("billing@fjord.example")
	o.world.Exec(`update outbox set next_attempt_at = $1`, testdb.DefaultTime)
	o.run(o.sender("smtp://" + address))
	o.wait(other, "state", "sent")
	o.wait(strconv.FormatInt(id, 10),
		"state || ' ' || (last_error like 'Not sent: its link was sealed with another session key%')", "failed true")
}
