package names_test

import (
	"strings"
	"testing"

	"handover/internal/names"
	"handover/internal/testdb"
)

// cases are names with what their sentence says, "" = they are names.
var cases = []struct{ name, says string }{
	{"Bjørn & Søn <AS> \"Fjord\"", ""},
	{"شركة النيل", ""},
	{strings.Repeat("ü", names.Longest), ""},
	{"", ""},
	{strings.Repeat("ü", names.Longest+1), "has 201 characters; at most 200 are allowed. Shorten it."},
	{
		"Evil\r\nBcc: all@evil.example",
		`"Evil\r\nBcc: all@evil.example" contains a line break or another control character (U+000D).`,
	},
	{"tab\tstop", "(U+0009)"},
	{"\u0085", "(U+0085)"},
	{"line\u2028end", "(U+2028)"},
	{"line\u2029end", "(U+2029)"},
	{
		"Lars \u202egnp.exe",
		`"Lars \u202egnp.exe" contains an invisible character that changes the direction of text (U+202E). Remove it.`,
	},
	{"\u2066x\u2069", "(U+2066)"},
	{"\u200e", "(U+200E)"},
	{"\u200f", "(U+200F)"},
	{"\u061c", "(U+061C)"},
}

func TestProblemNamesValueAndWayOut(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		got := names.Problem(c.name)
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%q: %q, want %q", c.name, got, c.says)
		}
	}
	if got := names.Problem("a\xff"); !strings.Contains(got, "UTF-8") {
		t.Errorf("what is no text: %q", got)
	}
}

// The database holds the same rule, in every table that keeps names.
func TestDatabaseHoldsTheRuleOfNames(t *testing.T) {
	t.Parallel()
	w := testdb.NewWorld(t, testdb.New(t))
	for _, c := range cases {
		if got := w.Text(`select handover_is_name($1)`, c.name); (got == "true") != (c.says == "") {
			t.Errorf("%q is a name for the database: %s", c.name, got)
		}
	}
	got := w.Text(`select string_agg(conrelid::regclass || ' ' || conname, ', ' order by conrelid::regclass::text,
		conname)
		from pg_constraint where contype = 'c' and pg_get_constraintdef(oid) like '%handover_is_name%'`)
	const want = "api_tokens api_tokens_label_is_a_name, brands brands_name_is_a_name, contacts " +
		"contacts_name_is_a_name, " +
		"customers customers_name_is_a_name, distributors distributors_legal_entity_is_a_name, distributors " +
		"distributors_name_is_a_name, " +
		"payment_methods payment_methods_label_is_a_name, plan_resources plan_resources_name_is_a_name, plans " +
		"plans_name_is_a_name, " +
		"staff staff_name_is_a_name, staff_views staff_views_name_check, terms terms_title_is_a_name, " +
		"webhook_endpoints " +
		"webhook_endpoints_description_is_a_name"
	if got != want {
		t.Errorf("constraints: %s", got)
	}
}

// TestNoPersonIsCalledLikeTheProgram: what the audit log says of the program was not done by a person.
func TestNoPersonIsCalledLikeTheProgram(t *testing.T) {
	t.Parallel()
	w := testdb.NewWorld(t, testdb.New(t))
	for _, name := range []string{"worker", "System", " WORKER ", "command line", "Handover Demo"} {
		if got := names.PersonProblem(name); !strings.Contains(got, "under which Handover itself acts") {
			t.Errorf("%q: %q", name, got)
		}
		if names.Problem(name) != "" {
			t.Errorf("%q is no name for a customer", name)
		}
		got := w.Text(`select count(*) from pg_constraint where conname = 'staff_name_not_reserved'
			and pg_get_constraintdef(oid) like '%' || lower(btrim($1)) || '%'`, name)
		if got != "1" {
			t.Errorf("the database lets a person be called %q", name)
		}
	}
	if got := names.PersonProblem("Walter Worker"); got != "" {
		t.Error(got)
	}
}
