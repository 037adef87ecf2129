package notify_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/internal/notify"
	"handover/internal/testdb"
)

// The link is in the mail that is sent, in both its forms, and nowhere in the outbox
// once the server has it.
func TestSecretsAreSentAndForgotten(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	address := to.start(t, anyPort, false)
	const link = "https://panel.example/reset/ABC?a=1&b=2"
	person := o.world.Staff(testdb.Staff{Email: "ada@aurora.example"})
	write := func() (int64, string) {
		id, err := notify.Write(t.Context(), o.pool, notify.StaffMail{
			StaffID: person.ID, Subject: "Choose another password", Text: "Hello Ada,\n\nhere:\n" + notify.Withheld +
				"\n", Secret: link,
		})
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
	if !strings.Contains(parts["text/plain"], "here:\n"+link) ||
		!strings.Contains(parts["text/html"], `<a href="https://panel.example/reset/ABC?a=1&amp;b=2">`) {
		t.Errorf("the mail is %v", parts)
	}
	if kept := o.column(id, "secret || body_text || body_html"); strings.Contains(kept, "/reset/") ||
		!strings.Contains(kept, notify.Withheld) {
		t.Errorf("the outbox keeps %s", kept)
	}
	if state := o.column(dead, "state || secret"); state != "failed" {
		t.Errorf("the mail with the dead link is %s", state)
	}
}
