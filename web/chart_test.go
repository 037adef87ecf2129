package web_test

import (
	"net/http"
	"testing"

	"handover/internal/testdb"
)

func TestChartPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	fjord := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	i := p.world.Invoice(testdb.Invoice{Customer: fjord.ID, Amount: "100.00"})
	p.world.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID, Lines: []testdb.EntryLine{
		{Account: "1105 Debtors", Debit: "100.00"}, {Account: "4000 Revenue", Credit: "100.00"},
	}})
	page := p.open("/pcp/chart")
	page.wants(t, http.StatusOK, "Chart of accounts of Aurora Cloud")
	page.wantsRow(t, "Receivable | Receivable: accounts | Receivable: posts to | Not kept",
		"Revenue | Revenue: accounts | Revenue: posts to | Kept")
	path := "/pcp/chart/" + p.world.Provider.Number
	form := page.form(path)
	if got := form.Get("receivable_accounts") + " " + form.Get("receivable_posts_to"); got != "1100 " {
		t.Errorf("receivable is %q", got)
	}

	form.Set("receivable_accounts", "1105 , 1106")
	form.Set("receivable_posts_to", "1100 Accounts receivable")
	form.Set("deferred_revenue_accounts", "")
	form.Set("cash_accounts", "10000000000000000000000")
	form.Set("password", p.staff.Password)
	wrong := p.post(path, form)
	wrong.wants(t, http.StatusUnprocessableEntity,
		`"1100 Accounts receivable" is not one of the accounts for receivable. `+
			`Name an account that starts with 1105 or 1106`,
		"Name at least one account for deferred revenue by its first characters, for example 2400.",
		`"10000000000000000000000" has more than 20 characters.`)
	if got := wrong.form(path).Get("receivable_accounts"); got != "1105 , 1106" {
		t.Errorf("what was typed is lost: %q", got)
	}

	form.Set("receivable_posts_to", "")
	form.Set("deferred_revenue_accounts", "2400")
	form.Set("cash_accounts", "1000, 1200")
	form.Set("recognition_in_sum", "true")
	saved := p.post(path, form).follow()
	saved.wants(t, http.StatusOK, "The chart of accounts of Aurora Cloud was saved.")
	saved.wantsRow(t, "Receivable | Receivable: accounts | Receivable: posts to | Kept")
	if got := p.world.Text(
		`select string_agg(role || ' ' || array_to_string(accounts, ' '), ', ') from chart_roles`); got !=
		"receivable 1105 1106" {
		t.Errorf("kept of the chart: %q, want what differs from the usual one", got)
	}
	if got := p.world.Text(`select on_receivable::text from journal_entries`); got != "100.00" {
		t.Errorf("the entry is %s on receivable: its ledger follows the chart", got)
	}
	if got := p.world.Text(`select recognition_in_sum::text from distributors where id = $1`,
		p.world.Provider.ID); got != "true" {
		t.Errorf("recognition in sum is %s", got)
	}
	if got := p.world.Text(`select count(*)::text from audit_entries where action = 'distributor.chart'
		and before::text like '%"receivable_accounts": "1100"%'`); got != "1" {
		t.Errorf("%s audit entries have the chart before", got)
	}
	p.post(path, form).follow().wants(t, http.StatusOK, "Nothing was changed")
}

// An auditor reads the chart, and changes nothing.
func TestChartPageForReaders(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reader := p.otherBrowser()
	reader.staff = p.world.Staff(testdb.Staff{Role: "auditor"})
	reader.signIn(reader.staff)
	page := reader.open("/pcp/chart")
	page.wantsRow(t, "Receivable | 1100 | 1100 Accounts receivable | Not kept")
	if page.doc.Find("form[method=post] input[name=password]").Length() != 0 {
		t.Error("the reader is asked for a password")
	}
	reader.get("/pcp/chart?distributor=D-000099").wants(t, http.StatusNotFound)
}

// Under four eyes another administrator answers, on the distributor's page.
func TestChartWaitsForAnother(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	ben := p.colleague("Ben Ode", p.world.Provider.ID)
	p.world.Exec(`update distributors set require_approval = true where id = $1`, p.world.Provider.ID)
	p.world.Exec(`update staff set created_at = $2 where id = $1`, p.staff.ID, testdb.DefaultTime)
	path := "/pcp/chart/" + p.world.Provider.Number
	form := p.open("/pcp/chart").form(path)
	form.Set("clearing_posts_to", "1990 Handovers")
	form.Set("password", p.staff.Password)
	p.post(path, form).follow().wants(t, http.StatusOK, "A change waits for the approval of another administrator",
		"Show the change")
	page := ben.get("/pcp/distributors/" + p.world.Provider.Number)
	page.wants(t, http.StatusOK, "Pending change", "Clearing: posts to", "the account used most", "1990 Handovers")
	if page.doc.Find(`dt:contains("Cash: accounts")`).Length() != 0 {
		t.Error("what does not change is listed")
	}
	approve := page.doc.Find(`form[action$="/approve"]`).AttrOr("action", "none")
	answer := page.form(approve)
	answer.Set("password", ben.staff.Password)
	ben.post(approve, answer).follow().wants(t, http.StatusOK, `The change of "Chart of accounts" is now in effect.`)
	if got := p.world.Text(`select posts_to from charts where distributor_id = $1 and role = 'clearing'`,
		p.world.Provider.ID); got != "1990 Handovers" {
		t.Errorf("clearing posts to %q", got)
	}
}
