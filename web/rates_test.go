package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// upload sends a file by the form of a page.
func (p panel) upload(path, field, name, content string) answer {
	p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
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
		"1 GBP = 1.2589410125 USD", "what is proposed comes over a third currency")
	p.get("/pcp/rates?currency=USD&other=CHF").wants(t, http.StatusOK, "The rate table has no rate from USD to CHF", "No rate fits these filters")
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
	for name, value := range map[string]string{"from": "eur", "to": "USD", "rate": "1,0842", "source": "Treasury", "on": "2026-01-20"} {
		form.Set(name, value)
	}
	wrong := p.post("/pcp/rates/new", form)
	wrong.wants(t, http.StatusUnprocessableEntity, `"1,0842" has a comma; write the rate with a point, for example 1.0842.`)
	again := wrong.form("/pcp/rates/new")
	if again.Get("from") != "EUR" || again.Get("rate") != "1,0842" || again.Get("source") != "Treasury" {
		t.Errorf("the form lost its input: %v", again)
	}
	again.Set("rate", "1.0842")
	p.post("/pcp/rates/new", again).follow().wants(t, http.StatusOK, "Added 1 EUR = 1.0842 USD of 20 Jan 2026.", "Treasury")
	p.post("/pcp/rates/new", again).wants(t, http.StatusUnprocessableEntity, "This source has a rate of that day already: 1 EUR = 1.0842 USD")
	if got := p.world.Text(`select actor_name from audit_entries where action = 'rate.add'`); got != "Ada Meyer" {
		t.Errorf("audited as %q", got)
	}
}

func TestUploadECBFile(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/rates/ecb").wants(t, http.StatusOK, "Reference rate file")
	p.upload("/pcp/rates/ecb", "file", "", "").wants(t, http.StatusUnprocessableEntity, "Choose a file to upload.")
	p.upload("/pcp/rates/ecb", "file", "x.csv", "Date,USD,JPY\n2026-01-20,1.1,x\n2026-01-19,-1,160\n").wants(t, http.StatusUnprocessableEntity,
		`Line 2: rate of JPY: "x" is not a plain decimal number`, `Line 3: rate of USD: "-1" is negative`)
	p.upload("/pcp/rates/ecb", "file", "x.xml", "\x00").wants(t, http.StatusUnprocessableEntity, "Line 1 has a NUL byte")
	if got := p.world.Text(`select count(*) from exchange_rates`); got != "0" {
		t.Errorf("wrong files left %s rates", got)
	}
	good := "Date,USD,ZZZ\n2026-01-20,1.1,2\n2026-01-19,1.2,N/A\n"
	p.upload("/pcp/rates/ecb", "file", "hist.csv", good).follow().wants(t, http.StatusOK,
		"Read 2 rates from 19 Jan 2026 to 20 Jan 2026: 2 new, 0 changed, 0 known already. Left out, because ISO 4217 does not know them: ZZZ.")
	p.upload("/pcp/rates/ecb", "file", "hist.csv", good).follow().wants(t, http.StatusOK, "0 new, 0 changed, 2 known already")
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
	for _, path := range []string{"/pcp/rates/new", "/pcp/rates/ecb", "/pcp/rates/export"} {
		p.get(path).wants(t, http.StatusForbidden)
	}
	p.post("/pcp/rates/new", url.Values{}).wants(t, http.StatusForbidden)
}
