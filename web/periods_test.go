package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestPeriodsByYear(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/periods").wants(t, http.StatusOK, "There are no financial periods yet", "Add period")
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	p.world.Period(testdb.Period{})
	p.world.Period(testdb.Period{Start: "2025-12-01", End: "2025-12-31", Status: "open"})
	p.world.Period(testdb.Period{Start: "2025-11-01", End: "2025-11-30"})
	p.world.Period(testdb.Period{Distributor: nordlys.ID, Start: "2024-01-01", End: "2024-03-31"})

	all := p.get("/pcp/periods")
	all.wants(t, http.StatusOK, "2026 1 period, 0 open", "2025 2 periods, 1 open", "January 2026", "December 2025",
		"3 periods")
	if strings.Contains(all.text(), "2024") {
		t.Error("the page shows the periods of another distributor")
	}
	if got := all.doc.Find("tbody tr").First().Text(); !strings.Contains(got, "January 2026") {
		t.Errorf("first comes %q, want the newest", got)
	}
	p.get("/pcp/periods?distributor="+nordlys.Number).wants(t, http.StatusOK, "Q1 2024")
	p.get("/pcp/periods?year=2025&status=open").wants(t, http.StatusOK, "December 2025", "1 period")
	p.get("/pcp/periods?year=2031").wants(t, http.StatusOK, "No period fits these filters")
	p.get("/pcp/periods?status=ajar").wants(t, http.StatusUnprocessableEntity, `"ajar" is not one of the choices`)
}

func TestCloseAndOpenAPeriod(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	period := p.world.Period(testdb.Period{Status: "open"})
	action := fmt.Sprintf("/pcp/periods/%d", period.ID)
	page := p.get("/pcp/periods?year=2026")
	if name := strings.Join(strings.Fields(page.doc.Find("form button[name=status]").Text()),
		" "); name != "Close January 2026" {
		t.Errorf("the button is named %q", name)
	}
	form := page.form(action)
	form.Set("status", page.doc.Find(`form[action="`+action+`"] button`).AttrOr("value", ""))
	closed := p.post(action, form).follow()
	closed.wants(t, http.StatusOK,
		"Closed January 2026 of Aurora Cloud. Records dated in this period can no longer be transferred.")
	if got := closed.doc.Find(`select[name=year] option[selected]`).AttrOr("value", ""); got != "2026" {
		t.Errorf("the filters are lost: year %q", got)
	}
	p.post(action, form).follow().wants(t, http.StatusOK,
		"January 2026 of Aurora Cloud was already closed. Nothing changed.")
	form.Set("status", "open")
	p.post(action, form).follow().wants(t, http.StatusOK, "Opened January 2026 of Aurora Cloud.")
	p.post("/pcp/periods/999", form).wants(t, http.StatusNotFound, "There is no such financial period.")
	p.post("/pcp/periods/x", form).wants(t, http.StatusNotFound)
	form.Set("back", "https://evil.example/")
	if got := p.post(action, form).header.Get("Location"); got != "/pcp/periods" {
		t.Errorf("the form leads to %s", got)
	}
	want := "period.close,period.open"
	if got := p.world.Text(`select string_agg(action, ',' order by id) from audit_entries
		where subject_kind = 'financial_period'`); got != want {
		t.Errorf("audited %s, want %s", got, want)
	}
}

func TestAddPeriodByForm(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	p.world.Period(testdb.Period{Distributor: nordlys.ID})
	form := p.get("/pcp/periods/new?distributor=" + nordlys.Number).form("/pcp/periods/new")
	want := url.Values{"distributor": {nordlys.Number}, "start": {"2026-02-01"}, "end": {"2026-02-28"}}
	if form.Encode() != want.Encode() {
		t.Errorf("the form proposes %v, want %v", form, want)
	}
	form.Set("start", "2026-01-31")
	wrong := p.post("/pcp/periods/new", form)
	wrong.wants(t, http.StatusUnprocessableEntity,
		"Nordlys Partner already has a period with these days: January 2026 (closed).")
	if got := wrong.form("/pcp/periods/new"); got.Get("start") != "2026-01-31" ||
		got.Get("distributor") != nordlys.Number {
		t.Errorf("the form lost its input: %v", got)
	}
	form.Set("start", "2026-02-01")
	p.post("/pcp/periods/new", form).follow().wants(t, http.StatusOK,
		"Added February 2026 to the periods of Nordlys Partner.", "February 2026 1 Feb 2026")
}

func TestWhoManagesPeriods(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	period := p.world.Period(testdb.Period{})
	p.signIn(p.world.Staff(testdb.Staff{Role: "auditor"}))
	page := p.get("/pcp/periods")
	page.wants(t, http.StatusOK, "January 2026", "Closed")
	if page.doc.Find("main form[method=post], main a[href*='/periods/new']").Length() > 0 {
		t.Error("an auditor is offered what it may not do")
	}
	p.post(fmt.Sprintf("/pcp/periods/%d", period.ID), url.Values{"status": {"open"}}).wants(t, http.StatusForbidden)
	if got := p.world.Text(`select status from financial_periods`); got != "closed" {
		t.Errorf("the period is %s", got)
	}
}
