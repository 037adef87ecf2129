package emails_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

// The words of Handover keep the rules that those of a brand must keep, and no field of a
// kind is idle.
func TestUsualWords(t *testing.T) {
	t.Parallel()
	for _, k := range emails.Kinds() {
		words := emails.Template{Subject: k.Subject, Body: k.Body}
		if err := k.Check(words); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		filled := k.Fill(words, k.Samples())
		if strings.ContainsAny(filled.Subject+filled.Body, "{}") {
			t.Errorf("%s: %q leaves a field open", k.Name, filled)
		}
	}
}

func TestFillingIn(t *testing.T) {
	t.Parallel()
	k, _ := emails.KindOf(emails.CustomerTransferred)
	got := k.Fill(emails.Template{Subject: "For {customer_name}", Body: "A {customer_name}\n\n{balance}\n\nB"},
		map[string]string{"customer_name": "Evil {new_account}\r\nBcc: all@evil.example", "new_account": "C-1"})
	if got.Subject != "For Evil {new_account}  Bcc: all@evil.example" ||
		got.Body != "A Evil {new_account}\r\nBcc: all@evil.example\n\nB" {
		t.Errorf("%q", got)
	}
}

func TestWhatATemplateMayNotSay(t *testing.T) {
	t.Parallel()
	k, _ := emails.KindOf(emails.OrderFailed)
	for _, c := range []struct{ subject, body, says string }{
		{"", "x", "write something"},
		{"x", "  \n", "write something"},
		{"x", "Dear {customer}", "{customer} is not a field of this mail; there are {order}, {transfer}"},
		{"{order} {}", "x", "{} is not a field"},
		{"two\nlines", "x", "one line"},
		{strings.Repeat("x", 201), "x", "201 characters; at most 200"},
	} {
		err := k.Check(emails.Template{Subject: c.subject, Body: c.body})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q, %q: %v", c.subject, c.body, err)
		}
	}
}

// Those who are asked are those who may answer.
func TestApproversAreThoseWithThePrivilege(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	var want []string
	for _, role := range identity.Roles() {
		s := w.Staff(testdb.Staff{Name: string(role), Role: string(role)})
		if role.Can(identity.OrdersApprove) {
			want = append(want, s.Email)
		}
	}
	n, err := emails.WriteToStaff(t.Context(), pool, emails.ToStaff{
		Kind: emails.ApprovalAsked, From: w.Provider.ID, Asked: []int64{w.Provider.ID}, Link: func(bool) string {
			return ""
		},
	})
	got := strings.Split(w.Text(`select coalesce(string_agg(recipient, ',' order by id), '') from outbox`), ",")
	if err != nil || n != len(want) || !slices.Equal(got, want) {
		t.Errorf("%d mails to %v, want %v: %v", n, got, want, err)
	}
}

// Each reads what their distributor may know, and only those read who want to.
func TestMailsToBothSides(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	from, to := w.Distributor(testdb.Distributor{Name: "Nordlys"}), w.Distributor(testdb.Distributor{Name: "Thames"})
	asker := w.Staff(testdb.Staff{Distributor: from.ID, Name: "Asker"})
	beside := w.Staff(testdb.Staff{Distributor: from.ID, Name: "Beside"})
	gaining := w.Staff(testdb.Staff{Distributor: to.ID, Name: "Gaining"})
	w.Staff(testdb.Staff{Distributor: to.ID, Name: "Silent"})
	for _, id := range []int64{beside.ID, gaining.ID} {
		actor := audit.Actor{ID: id, Name: "x"}
		if err := emails.SetPreferences(t.Context(), pool, actor, []emails.Name{emails.OrderFailed}); err != nil {
			t.Fatal(err)
		}
	}
	write := func(kind emails.Name) {
		w.Exec(`delete from outbox`)
		_, err := emails.WriteToStaff(t.Context(), pool, emails.ToStaff{
			Kind: kind, From: from.ID, To: to.ID, RequestedBy: asker.ID,
			Values: map[string]string{"order": "TO-000001", "transfer": "Transfer"},
			Detail: "the reason", Source: "Blue Fjord", Target: "Blue Thames", Hidden: "another distributor",
			Link: func(p bool) string {
				return "https://panel.example/rcp"
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(emails.OrderFailed)
	if got := w.Text(`select string_agg(recipient, ' ' order by id) from outbox`); got != asker.Email+" "+beside.Email+
		" "+gaining.Email {
		t.Errorf("it went to %s", got)
	}
	own, other := w.Text(`select body_text from outbox where staff_id = $1`, asker.ID), w.Text(`select body_text
		from outbox where staff_id = $1`, gaining.ID)
	if !strings.Contains(own, "From: Blue Fjord\nTo: another distributor") || strings.Contains(own, "Blue Thames") ||
		strings.Contains(own, "the reason") {
		t.Errorf("the losing side reads %s", own)
	}
	if !strings.Contains(other, "From: another distributor\nTo: Blue Thames") || strings.Contains(other, "Blue Fjord") {
		t.Errorf("the gaining side reads %s", other)
	}
	write(emails.OrderCompleted)
	if got := w.Text(`select count(*) from outbox`); got != "0" {
		t.Errorf("%s mails that no one wants", got)
	}
}

// The words of a brand are its own distributors' to change, by the query's scope condition and by row-level security.
func TestWordsOfABrand(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	own, shared := w.MakeBrand(testdb.Brand{Name: "Own"}), w.MakeBrand(testdb.Brand{Name: "Shared"})
	one := w.Distributor(testdb.Distributor{Name: "One", Brand: own.ID})
	w.Distributor(testdb.Distributor{Name: "Below", Parent: one.ID, Brand: shared.ID})
	w.Distributor(testdb.Distributor{Name: "Elsewhere", Brand: shared.ID})
	scope := accounts.Scope{Root: one.ID}
	by := w.Staff(testdb.Staff{Name: "One Writer", Distributor: one.ID})
	ctx := scope.In(context.Background(), by.ID)
	actor := audit.Actor{ID: by.ID, Name: by.Name, DistributorID: one.ID}
	words := emails.Template{Subject: "Ours: {order}", Body: "Ours"}
	if err := emails.SetWords(ctx, pool, actor, scope, own.ID, emails.OrderFailed, &words); err != nil {
		t.Fatal(err)
	}
	if err := emails.SetWords(ctx, pool, actor, scope, shared.ID, emails.OrderFailed, &words); !fault.Is(err,
		fault.NotFound) {
		t.Errorf("the words of a brand of others too: %v", err)
	}
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		_, err := tx.Exec(`insert into mail_templates (brand_id, kind, subject, body)
			values ($1, 'order_failed', 'x', 'x')`, shared.ID)
		return err
	})
	if err == nil {
		t.Error("row-level security let it through")
	}
	s := w.Staff(testdb.Staff{Distributor: one.ID})
	_, err = emails.WriteToStaff(t.Context(), pool, emails.ToStaff{
		Kind: emails.OrderFailed, From: one.ID, RequestedBy: s.ID, Values: map[string]string{"order": "TO-000007"},
		Link: func(bool) string {
			return ""
		},
	})
	if got := w.Text(`select subject from outbox`); err != nil || got != "Ours: TO-000007" {
		t.Errorf("%q, %v", got, err)
	}
	if err := emails.SetWords(ctx, pool, actor, scope, own.ID, emails.OrderFailed, nil); err != nil || w.Text(`select
		count(*) from mail_templates`) != "0" {
		t.Errorf("reset: %v", err)
	}
	if got := w.Text(`select count(*) from audit_entries where action = 'mail_template.change'`); got != "2" {
		t.Errorf("%s audit entries", got)
	}
}
