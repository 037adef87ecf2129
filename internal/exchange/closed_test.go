package exchange_test

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

// december is the small data set with records of December 2025, which Fjord Cloud closed.
func december(t testing.TB) data {
	return small(t).adding(map[string]string{
		"invoices.csv": "x1,INV-X1,c1,2025-12-10,2026-01-10,EUR,open,\n" +
			"x2,INV-X2,c1,2025-12-11,2026-01-10,EUR,draft,\n" +
			"x3,INV-X3,c1,2025-12-11,2026-01-10,EUR,void,\nx4,INV-X4,c1,2026-02-11,2026-02-28,EUR,open,\n",
		"invoice_lines.csv": "xl1,x1,s1,,Service,1,10.00,10.00,,\nxl2,x2,s1,,Service,1,8.00,8.00,,\n" +
			"xl4,x4,s1,,Service,1,8.00,8.00,,\n",
		"payments.csv":     "xp,c1,,2025-12-12,6.00,EUR,processing\n",
		"refunds.csv":      "xr,xp,2025-12-13,1.00,processing\n",
		"credit_memos.csv": "xc,CM-X,c1,,,2025-12-14,2.00,EUR,,open,\n",
		"debit_memos.csv":  "xd,DM-X,c1,,2025-12-15,2.00,EUR,,open,\n",
		"revenue_schedules.csv": "xv1,s1,xl1,2025-12-01,2025-12-31,10.00,true\n" +
			"xv2,s1,,2025-12-01,2025-12-31,3.00,false\n",
		"journal_entries.csv": "xj,d1,c1,2025-12-16,Correction,,,\n",
		"journal_lines.csv":   "xj,1100 Accounts receivable,5.00,0.00,EUR\nxj,4000 Revenue,0.00,5.00,EUR\n",
	})
}

// adding returns the data with lines more in some files. Optional columns at their ends are
// left empty.
func (d data) adding(lines map[string]string) data {
	d = maps.Clone(d)
	for name, text := range lines {
		header, _, _ := strings.Cut(d[name], "\n")
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			d[name] += line + strings.Repeat(",", strings.Count(header, ",")-strings.Count(line, ",")) + "\n"
		}
	}
	return d
}

var placed = regexp.MustCompile(`^(\w+\.csv):(\d+)`)

// named replaces the line's number by its first value, so that a test does not depend on
// the lines above.
func (d data) named(message string) string {
	at := placed.FindStringSubmatch(message)
	n, err := strconv.Atoi(at[2])
	if err != nil {
		return message
	}
	first, _, _ := strings.Cut(strings.Split(d[at[1]], "\n")[n-1], ",")
	return at[1] + ":" + first + strings.TrimPrefix(message, at[0])
}

// place is where the line with that first value is: "invoices.csv:7".
func (d data) place(name, first string) string {
	before, _, _ := strings.Cut(d[name], "\n"+first+",")
	return name + ":" + strconv.Itoa(strings.Count(before, "\n")+2)
}

// feeding is a change of the files and the errors that it must give, up to the ways out.
type feeding struct {
	name, file, before, after string // before "" adds a line
	want                      []string
}

// checkFeeds imports each change on its own, keeps nothing, and compares the errors.
func checkFeeds(t *testing.T, pool *sqlx.DB, base data, list []feeding) {
	t.Helper()
	for _, f := range list {
		t.Run(f.name, func(t *testing.T) {
			files := base.adding(map[string]string{f.file: f.after})
			if f.before != "" {
				files = base.edit(t, f.file, f.before, f.after)
			}
			_, got := tryWith(t, pool, files, exchange.Options{DryRun: true})
			for i := range got {
				got[i], _, _ = strings.Cut(files.named(got[i]), ", or override it with a reason")
			}
			if diff := cmp.Diff(f.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// belongs is the sentence about a row that is in a closed period already.
func belongs(at, label, column, was, is string) string {
	return at + ": the " + label + " belongs to the period 2025-12-01 to 2025-12-31 of Fjord Cloud, which is closed: " +
		column + " is " + was + " and cannot become " + is + ". Keep " + was + ", reopen the period"
}

// takesNo is the sentence about a new row in a closed period.
func takesNo(at, day, label string) string {
	return at + ": " + day + " is in the period 2025-12-01 to 2025-12-31 of Fjord Cloud, which is closed: it " +
		"takes no new " + label +
		". Use a day in an open period, reopen the period"
}

func TestClosedPeriodsTakeNothingNew(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), december(t)
	load(t, pool, base) // brings its periods along
	unchanged(t, load(t, pool, base))
	checkFeeds(t, pool, base, []feeding{
		{
			"invoice", "invoices.csv", "", "y,INV-Y,c1,2025-12-31,2025-12-31,EUR,open,\n",
			[]string{takesNo("invoices.csv:y: issued_on", "2025-12-31", "invoice")},
		},
		{"invoice on the first open day", "invoices.csv", "", "y,INV-Y,c1,2026-01-01,2026-01-01,EUR,open,\n", nil},
		{"invoice of another distributor", "invoices.csv", "", "y,INV-Y,c3,2025-12-31,2025-12-31,JPY,open,\n", nil},
		{"draft, which is not in the books", "invoices.csv", "", "y,INV-Y,c1,2025-12-31,2025-12-31,EUR,draft,\n", nil},
		{"line of an invoice", "invoice_lines.csv", "", "y,x1,s1,,More,1,1.00,1.00,,\n", []string{
			"invoice_lines.csv:y: invoice_id: the invoice INV-X1 was issued without this line. Keep what was " +
				"issued, credit it with a memo",
			takesNo("invoice_lines.csv:y: invoice_id", "2025-12-10", "invoice line"),
		}},
		{"line of a draft", "invoice_lines.csv", "", "y,x2,s1,,More,1,1.00,1.00,,\n", nil},
		{
			"payment", "payments.csv", "", "y,c1,,2025-12-01,6.00,EUR,failed\n",
			[]string{takesNo("payments.csv:y: received_on", "2025-12-01", "payment")},
		},
		{
			"refund", "refunds.csv", "", "y,xp,2025-12-20,1.00,failed\n",
			[]string{takesNo("refunds.csv:y: refunded_on", "2025-12-20", "refund")},
		},
		{"refund afterwards", "refunds.csv", "", "y,xp,2026-01-20,1.00,failed\n", nil},
		{
			"credit memo", "credit_memos.csv", "", "y,CM-Y,c1,,,2025-12-20,1.00,EUR,,open,\n",
			[]string{takesNo("credit_memos.csv:y: issued_on", "2025-12-20", "credit memo")},
		},
		{
			"debit memo", "debit_memos.csv", "", "y,DM-Y,c1,,2025-12-20,1.00,EUR,,open,\n",
			[]string{takesNo("debit_memos.csv:y: issued_on", "2025-12-20", "debit memo")},
		},
		{
			"recognised line", "revenue_schedules.csv", "", "y,s1,,2025-12-01,,1.00,true\n",
			[]string{takesNo("revenue_schedules.csv:y: period_start", "2025-12-01", "revenue schedule line")},
		},
		{"unrecognised line", "revenue_schedules.csv", "", "y,s1,,2025-12-01,,1.00,false\n", nil},
		{
			"entry", "journal_entries.csv", "", "y,d1,c1,2025-12-20,,,,\n",
			[]string{takesNo("journal_entries.csv:y: posted_on", "2025-12-20", "journal entry")},
		},
		{"entry of another distributor", "journal_entries.csv", "", "y,d2,c3,2025-12-20,,,,\n", nil},
		{"usage", "usage_records.csv", "", "y,s1,,2025-12-20,1,1.00,\n", nil},
		{"charge", "subscription_charges.csv", "", "y,s1,,,1.00,2025-12-20,\n", nil},
		{"unbilled billing schedule line", "billing_schedules.csv", "", "y,s1,2025-12-20,1.00,\n", nil},
		{"allocation", "payment_allocations.csv", "", "xp,x1,,5.00\n", nil},
	})
}

func TestClosedPeriodsKeepAmountsAndDates(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), december(t)
	load(t, pool, base)
	issued := func(at, wayOut, was, is string) string {
		return at + ` was issued with "` + was + `" here and has "` + is +
			`" in the file. Keep what was issued, ` + wayOut
	}
	checkFeeds(t, pool, base, []feeding{
		{
			"void", "invoices.csv", "2025-12-10,2026-01-10,EUR,open", "2025-12-10,2026-01-10,EUR,void",
			[]string{belongs("invoices.csv:x1: status", "invoice", "status", "open", "void")},
		},
		{
			"issue of a draft", "invoices.csv", "2026-01-10,EUR,draft", "2026-01-10,EUR,open",
			[]string{belongs("invoices.csv:x2: status", "invoice", "status", "draft", "open")},
		},
		{"void of a draft", "invoices.csv", "2026-01-10,EUR,draft", "2026-01-10,EUR,void", nil},
		{
			"a void document that comes back", "invoices.csv", "2026-01-10,EUR,void", "2026-01-10,EUR,open",
			[]string{belongs("invoices.csv:x3: status", "invoice", "status", "void", "open")},
		},
		{"settlement", "invoices.csv", "2025-12-10,2026-01-10,EUR,open", "2025-12-10,2026-01-10,EUR,paid", nil},
		{"due date", "invoices.csv", "2025-12-10,2026-01-10", "2025-12-10,2026-01-20", nil},
		{"date out of the period", "invoices.csv", "c1,2025-12-10", "c1,2026-01-05", []string{
			issued("invoices.csv:x1: issued_on: the invoice INV-X1", "credit it with a memo", "2025-12-10",
				"2026-01-05"),
			belongs("invoices.csv:x1: issued_on", "invoice", "issued_on", "2025-12-10", "2026-01-05"),
		}},
		{"date into the period", "invoices.csv", "c1,2026-02-11", "c1,2025-12-05", []string{
			issued("invoices.csv:x4: issued_on: the invoice INV-X4", "credit it with a memo", "2026-02-11",
				"2025-12-05"),
			belongs("invoices.csv:x4: issued_on", "invoice", "issued_on", "2026-02-11", "2025-12-05"),
		}},
		{
			"date of a draft", "invoices.csv", "c1,2025-12-11,2026-01-10,EUR,draft",
			"c1,2026-01-11,2026-01-11,EUR,open", nil,
		},
		{
			"amount of a line", "invoice_lines.csv", "xl1,x1,s1,,Service,1,10.00,10.00",
			"xl1,x1,s1,,Service,1,10.00,11.00",
			[]string{
				issued("invoice_lines.csv:xl1: amount: the invoice INV-X1", "credit it with a memo", "10.00", "11.00"),
				belongs("invoice_lines.csv:xl1: amount", "invoice line", "amount", "10.00", "11.00"),
			},
		},
		{
			"amount written otherwise", "invoice_lines.csv", "xl1,x1,s1,,Service,1,10.00,10.00",
			"xl1,x1,s1,,Service,1,10,10.000", nil,
		},
		{"payment succeeds", "payments.csv", "6.00,EUR,processing", "6.00,EUR,succeeded", nil},
		{
			"amount of a payment", "payments.csv", "6.00,EUR,processing", "6.50,EUR,processing",
			[]string{belongs("payments.csv:xp: amount", "payment", "amount", "6.00", "6.50")},
		},
		{
			"date of a payment", "payments.csv", "2025-12-12", "2026-01-12",
			[]string{belongs("payments.csv:xp: received_on", "payment", "received_on", "2025-12-12", "2026-01-12")},
		},
		{"refund fails", "refunds.csv", "1.00,processing", "1.00,failed", nil},
		{
			"amount of a refund", "refunds.csv", "1.00,processing", "1.25,processing",
			[]string{belongs("refunds.csv:xr: amount", "refund", "amount", "1.00", "1.25")},
		},
		{"amount of a credit memo", "credit_memos.csv", "2025-12-14,2.00", "2025-12-14,3.00", []string{
			issued("credit_memos.csv:xc: amount: the credit memo CM-X", "balance it with a debit memo", "2.00", "3.00"),
			belongs("credit_memos.csv:xc: amount", "credit memo", "amount", "2.00", "3.00"),
		}},
		{
			"void of a debit memo", "debit_memos.csv", "2025-12-15,2.00,EUR,,open", "2025-12-15,2.00,EUR,,void",
			[]string{belongs("debit_memos.csv:xd: status", "debit memo", "status", "open", "void")},
		},
		{
			"recognition", "revenue_schedules.csv", "3.00,false", "3.00,true",
			[]string{belongs("revenue_schedules.csv:xv2: recognized", "revenue schedule line", "recognized",
				"false", "true")},
		},
		{"amount that is not recognised", "revenue_schedules.csv", "3.00,false", "4.00,false", nil},
		{
			"recognised amount", "revenue_schedules.csv", "10.00,true", "11.00,true",
			[]string{belongs("revenue_schedules.csv:xv1: amount", "revenue schedule line", "amount", "10.00",
				"11.00")},
		},
		{
			"books of an entry", "journal_entries.csv", "xj,d1,", "xj,d2,",
			[]string{belongs("journal_entries.csv:xj: distributor_id", "journal entry", "distributor_id", "d1", "d2")},
		},
		{"text of an entry", "journal_entries.csv", "2025-12-16,Correction", "2025-12-16,Corrected", nil},
		{"lines of an entry", "journal_lines.csv", "xj,4000 Revenue", "xj,4900 Credits", []string{
			"journal_lines.csv:xj: entry_id: " + value(t, pool, `select number_of('JE', id) from journal_entries
				where external_id =
				  'xj'`) + " is posted in the period 2025-12-01 to 2025-12-31 of Fjord Cloud, which is closed: " +
				"its lines cannot change. Keep them, reopen the period",
		}},
	})
}

// TestPeriodsOfTheFilesDoNotCount: what is closed before the import counts, neither what the
// files close nor what they open.
func TestPeriodsOfTheFilesDoNotCount(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), december(t)
	load(t, pool, base)
	invoice := map[string]string{"invoices.csv": "y,INV-Y,c1,2025-12-31,2025-12-31,EUR,open,\n"}
	opened := base.edit(t, "financial_periods.csv", "2025-12-31,closed", "2025-12-31,open")
	if _, errors := try(t, pool, opened.adding(invoice)); len(errors) != 1 {
		t.Errorf("a period that is opened with its rows: %q", errors)
	}
	load(t, pool, opened)
	load(t, pool, base.adding(invoice)) // closes it again
	if _, errors := try(t, pool, base.adding(invoice).edit(t, "invoices.csv", "2025-12-31,EUR,open",
		"2025-12-31,EUR,void")); len(errors) != 1 {
		t.Errorf("a void afterwards: %q", errors)
	}
}

func TestOverrideOfClosedPeriodsIsAudited(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), december(t)
	load(t, pool, base)
	files := base.adding(map[string]string{
		"invoices.csv":      "y,INV-Y,c1,2025-12-31,2025-12-31,EUR,open,\n",
		"invoice_lines.csv": "yl,y,s1,,Late,1,9.00,9.00,,\n",
	}).edit(t, "payments.csv", "6.00,EUR,processing", "6.50,EUR,processing")
	if _, errors := try(t, pool, files); len(errors) != 2 || !strings.HasSuffix(errors[0],
		", or override it with a reason: --into-closed, "+
			`or "Write into closed periods" under System > Import (IMPORT_INTO_CLOSED_PERIOD)`) {
		t.Errorf("without an override: %q", errors)
	}
	if _, errors := overriding(t, pool, files, exchange.Override{Amend: true}); len(errors) != 2 {
		t.Errorf("with the other override: %q", errors)
	}
	if _, errors := overriding(t, pool, files, exchange.Override{IntoClosed: true}); len(errors) > 0 {
		t.Fatalf("with the override: %q", errors)
	}
	for what, want := range map[string]string{
		`actor_name || ' ' || (after ->> 'reason') || ' ' ||
			(after ->> 'codes')`: "Cora Controller The auditor agreed IMPORT_INTO_CLOSED_PERIOD",
		`(before #>> '{rows,PAYMENT,amount}') || ' ' || (after #>> '{rows,PAYMENT,amount}')`: "6.00 6.50",
		`before #>> '{rows,INVOICE}'`: "",
		`(after #>> '{rows,INVOICE,number}') || ' ' || (after #>> '{rows,INVOICE,lines,0,description}')`: "INV-Y Late",
		`(select count(*) from jsonb_object_keys(after -> 'rows'))`:                                      "2",
	} {
		what = strings.NewReplacer("PAYMENT", files.place("payments.csv", "xp"), "INVOICE",
			files.place("invoices.csv", "y")).Replace(what)
		if got := value(t, pool, `select `+what+` from audit_entries where action = 'import.override'`); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	if _, errors := overriding(t, pool, files, exchange.Override{IntoClosed: true, Amend: true}); len(errors) > 0 {
		t.Errorf("again: %q", errors)
	}
	if n := value(t, pool, `select count(*) from audit_entries where action = 'import.override'`); n != "1" {
		t.Errorf("%s overrides are noted; the second import needed none", n)
	}
}
