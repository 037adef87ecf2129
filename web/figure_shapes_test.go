package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"handover/internal/testdb"
)

// otherShapes are the ways in which a page must not write a number, an amount or a date:
// web/page/format.go is the one formatter.
var otherShapes = map[string]*regexp.Regexp{
	"an amount with a hyphen for a minus":    regexp.MustCompile(`-\s?([€£$¥₹₩₪₺₴₫]|[A-Z]{3} ?\d)`),
	"an amount without thousands separators": regexp.MustCompile(`(^|[^\d.])\d{4,}\.\d\d\b`),
	"an amount before its currency":          regexp.MustCompile(`\d\.\d\d (EUR|USD|GBP|CHF|SEK|NOK)\b`),
	"a decimal with idle zeros":              regexp.MustCompile(`\d\.\d*0{3,}(\D|$)`),
	"a day of a machine":                     regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`),
	"a day with slashes":                     regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d{4}\b`),
	"a day with the whole month": regexp.MustCompile(
		`\b\d{1,2} (January|February|March|April|June|July|August|September|October|November|December) \d{4}\b`),
}

// clock finds a time of day, and the zone behind it.
var clock = regexp.MustCompile(`\b\d{1,2}:\d\d(:\d\d)?\b( (UTC|[A-Z][A-Za-z]+/[A-Za-z_]+))?`)

// rateText is a conversion rate, the one number that stands before a currency.
var rateText = regexp.MustCompile(`1 [A-Z]{3} = [\d.,]+ [A-Z]{3}`)

// noSentence are the elements that show something of a machine as it is.
const noSentence = "script, style, code, pre, textarea, datalist, .mail-text, title, #date_style"

// wrongShapes returns what a page writes in another shape than the formatter does.
func wrongShapes(body string) []string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	doc.Find(noSentence).Remove()
	var found []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			text := rateText.ReplaceAllString(strings.Join(strings.Fields(n.Data), " "), "")
			for what, shape := range otherShapes {
				if shape.MatchString(text) {
					found = append(found, what+": "+text)
				}
			}
			for _, at := range clock.FindAllStringSubmatch(text, -1) {
				named := at[2] != "" || goquery.NewDocumentFromNode(n.Parent).Find(".zone").Length() > 0
				if !named {
					found = append(found, "a time of day without its zone: "+text)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range doc.Find("body").Nodes {
		walk(n)
	}
	return found
}

func TestWrongShapesAreFound(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"-€ 92.00", "€ 1230.00", "12.50 EUR", "0.8637000000", "2026-02-03", "3/2/2026", "3 February 2026", "at 14:02",
		"at 14:02, in Oslo",
	} {
		if len(wrongShapes("<p>"+text+"</p>")) == 0 {
			t.Errorf("%q passes", text)
		}
	}
	for _, text := range []string{
		"−€ 92.00", "€ 1,230.00", "1 EUR = 0.86 GBP", "0.8637", "3 Feb 2026", "14:02 Europe/Oslo", "TO-000007",
		`<time>3 Feb 2026, 14:02 <span class="zone">UTC</span></time>`, "<code>2026-02-03</code>", "100.00",
	} {
		if got := wrongShapes("<p>" + text + "</p>"); got != nil {
			t.Errorf("%q does not pass: %q", text, got)
		}
	}
}

// Every page of the panel is opened: each number, amount, date and time on it has the shape of the one
// formatter.
func TestPagesWriteNumbersAndDatesInOneShape(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	things := m.tenants["own"].things
	w := m.world
	c := w.Customer(testdb.Customer{Name: "Large Amounts", Distributor: m.tenants["own"].id})
	invoice := w.Invoice(testdb.Invoice{Customer: c.ID, Lines: []testdb.Line{{Amount: "12345.60"}}})
	w.Payment(testdb.Payment{Customer: c.ID, Amount: "98765.40"}) // so that the balance is below zero
	w.Ledger(w.TransferOrder(testdb.TransferOrder{Source: c.ID, Target: w.Customer(testdb.Customer{}).ID}).ID,
		"invoice", "rate", "0.8637000000", "2026-01-31", invoice.ID)
	who := m.cookies["pcp administrator"]
	opened := 0
	look := func(at string) {
		r := m.do(http.MethodGet, at, who, nil)
		if r.Code != http.StatusOK || !strings.Contains(r.Header().Get("Content-Type"), "text/html") {
			return
		}
		opened++
		for _, wrong := range wrongShapes(r.Body.String()) {
			t.Errorf("%s: %s", at, wrong)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(expected)) {
		method, path, _ := strings.Cut(route, " ")
		addresses := expected[route].At
		if addresses == nil {
			addresses = []string{path}
		}
		for _, at := range addresses {
			if method == http.MethodGet {
				look("/pcp" + filled(at, things, things))
			}
		}
	}
	for _, at := range []string{
		"/pcp/customers/" + c.Number, "/pcp/customers/" + c.Number + "/documents",
		fmt.Sprintf("/pcp/documents/invoice/%d", invoice.ID),
	} {
		look(at)
	}
	if opened < 50 {
		t.Errorf("only %d pages were opened", opened)
	}
}
