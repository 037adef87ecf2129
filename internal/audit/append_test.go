package audit_test

import (
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/testdb"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	staff := world.Staff(testdb.Staff{Name: "Ada Meyer"})
	order := world.TransferOrder(testdb.TransferOrder{})
	entries := []audit.Entry{
		{
			Actor:  audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: world.Provider.ID, Address: "192.0.2.1"},
			Action: "order.cancel", SubjectKind: "order", Subject: order.Number, OrderID: order.ID,
			Before: map[string]any{"status": "scheduled"}, After: map[string]any{
				"status": "cancelled",
				"reason": `"too late"`,
			},
		},
		{Actor: audit.Actor{Name: "command line"}, Action: "import"},
	}
	for _, e := range entries {
		if err := audit.Append(t.Context(), pool, e); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Split(world.Text(`
		select string_agg(concat_ws('|', coalesce(actor_id = $1, false), actor_name,
		                            coalesce(distributor_id = $2, false), address, action,
		                            subject_kind, subject, coalesce(order_id = $3, false), before->>'status',
		                            after->>'reason', at between now() - interval '1 minute'
		                            and now() + interval '1 minute'), E'\n' order by id)
		from audit_entries`, staff.ID, world.Provider.ID, order.ID), "\n")
	want := []string{
		`t|Ada Meyer|t|192.0.2.1|order.cancel|order|` + order.Number + `|t|scheduled|"too late"|t`,
		`f|command line|f||import|||f|t`,
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("entry %d: got %q, want %q", i, got, want[i])
		}
	}
	if empty := world.Text(
		`select before is null and after is null from audit_entries where action = 'import'`); empty != "true" {
		t.Error("none was written as something")
	}
}

func TestAppendRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	err := audit.Append(t.Context(), pool, audit.Entry{Action: "x", After: func() {}})
	if err == nil || !strings.Contains(err.Error(), "audit x: write after") {
		t.Errorf("got %v", err)
	}
}
