package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// upload sends a file by the form of a page, with more fields and their values.
func (p panel) upload(path, field, name, content string, more ...string) answer {
	p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(more); i += 2 {
		if err := form.WriteField(more[i], more[i+1]); err != nil {
			p.Fatal(err)
		}
	}
	if name != "" {
		part, err := form.CreateFormFile(field, name)
		if err != nil {
			p.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			p.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		p.Fatal(err)
	}
	r := p.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return p.send(r)
}

func TestRatesListAndProposal(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/rates").wants(t, http.StatusOK, "There are no exchange rates yet", "Upload ECB file", "Add rate")
	p.world.Rate(testdb.Rate{On: "2026-01-20", To: "USD", Rate: "1.0842"})
	p.world.Rate(testdb.Rate{On: "2026-01-20", To: "GBP", Rate: "0.8612"})
	p.get("/pcp/rates").wants(t, http.StatusOK, "20 Jan 2026", "1 EUR = 1.0842 USD", "ECB", "2 currency pairs")
	p.get("/pcp/rates?currency=usd&other=GBP").wants(t, http.StatusOK,
		"1 USD = 0.7943183914 GBP: cross of EUR→USD 1.0842 and EUR→GBP 0.8612 of 20 Jan 2026, ECB: 0.8612 / 1.0842.",
		"1 GBP = 1.2589410125 USD", "the proposed rate is calculated through a third one")
	p.get("/pcp/rates?currency=USD&other=CHF").wants(t, http.StatusOK, "The rate table has no rate from USD to CHF",
		"No rate fits these filters")
	p.get("/pcp/rates?since=2026-01-21").wants(t, http.StatusOK, "No rate fits these filters")
	p.get("/pcp/rates?since=yesterday").wants(t, http.StatusUnprocessableEntity, `"yesterday" is not a date`)

	csv := p.get("/pcp/rates/export?currency=GBP")
	if want := "on_date,from_currency,to_currency,rate,source\n2026-01-20,EUR,GBP,0.8612,ECB\n"; csv.body != want {
		t.Errorf("the export is %q, want %q", csv.body, want)
	}
	if got := csv.header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="exchange-rates-`) {
		t.Errorf("the export is sent as %q", got)
	}
}

func TestAddRateByForm(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	form := p.get("/pcp/rates/new").form("/pcp/rates/new")
	for name, value := range map[string]string{
		"from": "eur", "to": "USD", "rate": "1,0842", "source": "Treasury",
		"on": "2026-01-20",
	} {
		form.Set(name, value)
	}
	wrong := p.post("/pcp/rates/new", form)
	wrong.wants(t, http.StatusUnprocessableEntity,
		`"1,0842" has a comma; write the rate with a point, for example 1.0842.`)
	again := wrong.form("/pcp/rates/new")
	if again.Get("from") != "EUR" || again.Get("rate") != "1,0842" || again.Get("source") != "Treasury" {
		t.Errorf("the form lost its input: %v", again)
	}
	again.Set("rate", "1.0842")
	p.post("/pcp/rates/new", again).follow().wants(t, http.StatusOK, "Added 1 EUR = 1.0842 USD of 20 Jan 2026.",
		"Treasury")
	p.post("/pcp/rates/new", again).wants(t, http.StatusUnprocessableEntity,
		"This source already has a rate of that day: 1 EUR = 1.0842 USD")
	if got := p.world.Text(`select actor_name from audit_entries where action = 'rate.add'`); got != "Ada Meyer" {
		t.Errorf("audited as %q", got)
	}
}

func TestRateThatJumpsNeedsReasonOnPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Rate(testdb.Rate{On: "2026-01-20", To: "GBP", Rate: "0.87649"})
	form := p.get("/pcp/rates/new").form("/pcp/rates/new")
	for name, value := range map[string]string{
		"from": "EUR", "to": "GBP", "rate": "8.7649", "source": "ECB",
		"on": "2026-01-21",
	} {
		form.Set(name, value)
	}
	refused := p.post("/pcp/rates/new", form)
	refused.wants(t, http.StatusUnprocessableEntity, "1 EUR = 8.7649 GBP of 21 Jan 2026, ECB is 900 % above the "+
		"last rate of the pair, 0.87649 of 20 Jan 2026, ECB. Correct the rate, or explain why it is right.")
	again := refused.form("/pcp/rates/new")
	again.Set("reason", "too short")
	p.post("/pcp/rates/new", again).wants(t, http.StatusUnprocessableEntity, "has 9 characters. Write at least 10")
	again.Set("reason", "the pound was redenominated")
	p.post("/pcp/rates/new", again).follow().wants(t, http.StatusOK, "Added 1 EUR = 8.7649 GBP",
		"Reason: the pound was redenominated")

	file := "Date,GBP\n2026-01-22,0.88\n"
	p.upload("/pcp/rates/ecb", "file", "x.csv", file).wants(t, http.StatusUnprocessableEntity,
		"89.96 % below the last rate of the pair", "explain in the field Reason why it is right")
	p.upload("/pcp/rates/ecb", "file", "x.csv", file, "reason", "the new pound is withdrawn").follow().wants(t,
		http.StatusOK, "1 new, 0 changed")
	archive := "on_date,from_currency,to_currency,rate,source\n2026-01-23,EUR,GBP,88,Treasury\n"
	p.upload("/pcp/import", "file", "exchange_rates.csv", archive).wants(t, http.StatusUnprocessableEntity,
		"exchange_rates.csv:2: rate", "Reason for rates")
	p.upload("/pcp/import", "file", "exchange_rates.csv", archive, "rate_reason", "why").wants(t,
		http.StatusUnprocessableEntity, "has 3 characters. Write at least 10")
	p.upload("/pcp/import", "file", "exchange_rates.csv", archive, "rate_reason",
		"as told by the treasury").follow().wants(t, http.StatusOK, "1 added")
}

func TestWithdrawRateOnPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Rate(testdb.Rate{On: "2026-01-20", To: "GBP", Rate: "0.87649"})
	p.world.Rate(testdb.Rate{On: "2026-01-21", To: "GBP", Rate: "8.7649"})
	list := p.get("/pcp/rates?currency=EUR&other=GBP")
	list.wants(t, http.StatusOK, "1 EUR = 8.7649 GBP: direct rate of 21 Jan 2026")
	href, _ := list.doc.Find(`a[aria-label="Withdraw 1 EUR = 8.7649 GBP of 21 Jan 2026"]`).Attr("href")
	form := p.get(href).form(href)
	form.Set("reason", "oops")
	p.post(href, form).wants(t, http.StatusUnprocessableEntity, "1 EUR = 8.7649 GBP of 21 Jan 2026, ECB",
		"has 4 characters. Write at least 10")
	form.Set("reason", "a mistyped rate")
	p.post(href, form).follow().wants(t, http.StatusOK,
		"Withdrew 1 EUR = 8.7649 GBP of 21 Jan 2026, ECB. Transfers no longer propose it.")
	list = p.get("/pcp/rates?currency=EUR&other=GBP")
	list.wants(t, http.StatusOK, "1 EUR = 0.87649 GBP: direct rate of 20 Jan 2026", "Withdrawn by Ada Meyer on",
		"a mistyped rate")
	if got := list.doc.Find("td del").Text(); got != "1 EUR = 8.7649 GBP" {
		t.Errorf("struck through is %q", got)
	}
	if n := list.doc.Find(`a[href$="/withdraw"]`).Length(); n != 1 {
		t.Errorf("%d rates can be withdrawn, want 1", n)
	}
	p.get(href).follow().wants(t, http.StatusOK, "was already withdrawn by Ada Meyer")
	p.post(href, form).follow().wants(t, http.StatusOK, "was already withdrawn by Ada Meyer")
	p.get("/pcp/rates/999/withdraw").wants(t, http.StatusNotFound, "There is no exchange rate 999.")
	csv := p.get("/pcp/rates/export")
	if want := "on_date,from_currency,to_currency,rate,source\n2026-01-20,EUR,GBP,0.87649,ECB\n"; csv.body != want {
		t.Errorf("the export is %q, want %q", csv.body, want)
	}
}

func TestUploadECBFile(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/rates/ecb").wants(t, http.StatusOK, "Reference rate file")
	p.upload("/pcp/rates/ecb", "file", "", "").wants(t, http.StatusUnprocessableEntity, "Choose a file to upload.")
	p.upload("/pcp/rates/ecb", "file", "x.csv", "Date,USD,JPY\n2026-01-20,1.1,x\n2026-01-19,-1,160\n").wants(t,
		http.StatusUnprocessableEntity,
		`Line 2: rate of JPY: "x" is not a plain decimal number`, `Line 3: rate of USD: "-1" is negative`)
	p.upload("/pcp/rates/ecb", "file", "x.xml", "\x00").wants(t, http.StatusUnprocessableEntity,
		"Line 1 has a NUL byte")
	if got := p.world.Text(`select count(*) from exchange_rates`); got != "0" {
		t.Errorf("wrong files left %s rates", got)
	}
	good := "Date,USD,ZZZ\n2026-01-20,1.1,2\n2026-01-19,1.2,N/A\n"
	p.upload("/pcp/rates/ecb", "file", "hist.csv", good).follow().wants(t, http.StatusOK,
		"Read 2 rates from 19 Jan 2026 to 20 Jan 2026: 2 new, 0 changed, 0 already known. Left out, because "+
			"they are not in ISO 4217: ZZZ.")
	p.upload("/pcp/rates/ecb", "file", "hist.csv", good).follow().wants(t, http.StatusOK,
		"0 new, 0 changed, 2 already known")
	large := p.upload("/pcp/rates/ecb", "file", "large.csv", strings.Repeat("1", 34<<20))
	large.wants(t, http.StatusRequestEntityTooLarge)
}

func TestWhoEntersRates(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	page := p.get("/pcp/rates")
	page.wants(t, http.StatusOK, "The provider's finance staff enter rates here.")
	if page.doc.Find(`a[href$="/rates/new"], a[href$="/rates/ecb"], button[formaction]`).Length() > 0 {
		t.Error("support is offered what it may not do")
	}
	rate := "/pcp/rates/" + strconv.FormatInt(p.world.Rate(testdb.Rate{}).ID, 10) + "/withdraw"
	p.post(rate, url.Values{"reason": {"a mistyped rate"}}).wants(t, http.StatusForbidden)
	for _, path := range []string{"/pcp/rates/new", "/pcp/rates/ecb", "/pcp/rates/export", rate} {
		p.get(path).wants(t, http.StatusForbidden)
	}
	p.post("/pcp/rates/new", url.Values{}).wants(t, http.StatusForbidden)
}
