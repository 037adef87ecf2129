package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// figures are what a page says of the records that move and that stay, by kind: "3 · 2 ended ·
// € 70.00 / month | 0".
type figures map[string]string

// figures reads the table "Records that move and that stay" of a page.
func (a answer) figures() figures {
	a.Helper()
	read := figures{}
	a.doc.Find(`table:contains("Records that move and that stay") tbody tr`).Each(func(_ int, row *goquery.Selection) {
		var cells []string
		row.Find("td").Each(func(_ int, cell *goquery.Selection) {
			cells = append(cells, strings.Join(strings.Fields(cell.Text()), " "))
		})
		read[strings.TrimSpace(row.Find("th").Text())] = strings.Join(cells, " | ")
	})
	if len(read) == 0 {
		a.Fatalf("the page has no table of what moves and stays: %s", a.text())
	}
	return read
}

// moving sums the first column: how many records move.
func (f figures) moving(t *testing.T) int {
	t.Helper()
	sum := 0
	for kind, cells := range f {
		first, _, _ := strings.Cut(cells, " ")
		if !regexp.MustCompile(`^\d+$`).MatchString(first) {
			continue // a dash: none of the kind moves
		}
		n, err := strconv.Atoi(first)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		sum += n
	}
	return sum
}

// sameFigures ends the test unless the page says the same as the first one did.
func (a answer) sameFigures(where string, want figures) {
	a.Helper()
	got := a.figures()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		a.Errorf("%s says\n%v\nand the preview\n%v", where, got, want)
	}
}

// Every page, paper and file of a transfer takes its counts and sums from one structure:
// running and ended subscriptions apart, sums per month of the running ones.
func TestFiguresOfAMergeAgreeOnEveryPage(t *testing.T) {
	p := newPair(t)
	p.world.Subscription(testdb.Subscription{
		Customer: p.customer.ID, Plan: p.vault.ID, Status: "cancelled",
		Start: "2025-01-01", End: "2025-12-31",
	})
	preview := p.toMerge()
	want := preview.figures()
	if !strings.HasPrefix(want["Subscriptions"], "3 1 ended | € 130.00 / month") {
		t.Errorf("subscriptions: %q", want["Subscriptions"])
	}
	sentence := preview.doc.Find(".callout-text, .callout-lead").First().Text()
	others := want.moving(t) - 3 - 2
	says := fmt.Sprintf("2 running and 1 ended subscription, 2 invoices and %s move",
		map[bool]string{true: "1 other record", false: fmt.Sprintf("%d other records", others)}[others == 1])
	preview.says(says, "Running subscriptions2→0", "Subscriptions · 3 (1 ended) · € 130.00 / month")
	if sentence == "" {
		t.Error("the preview has no sentence")
	}
	csv := p.get(p.merge("/preview.csv")).is(http.StatusOK)
	if !strings.Contains(csv.body, "subscription,moving,3,1,130.00,EUR\n") {
		t.Errorf("the file says %s", csv.body)
	}
	execute := preview.ticked("continue").follow().in("Merge Customers", "Execute")
	execute.says(says)
	execute.says("Running subscriptions2→0", "Recurring per month€ 130.00→€ 0.00")
	order := execute.say("execute").follow()
	order.says(fmt.Sprintf("%d records moved", want.moving(t)), says)
	order.sameFigures("the order", want)
	paper := p.pdfText(strings.TrimSuffix(order.toReverse(), "/reverse") + "/order.pdf")
	for _, text := range []string{says, "3 (1 ended) · € 130.00 / month"} {
		if !strings.Contains(paper, text) {
			t.Errorf("the paper does not say %q: %s", text, paper)
		}
	}
	reversal := p.get(order.toReverse()).is(http.StatusOK)
	reversal.says("2 running and 1 ended subscription, 2 invoices and")
	if back := reversal.figures(); back["Subscriptions"] != want["Subscriptions"] || back.moving(t) != want.moving(t) {
		t.Errorf("the reversal returns %v, the transfer moved %v", back, want)
	}
}

// The cards, the plan table and the impact of a distributor transfer say one sum per month.
func TestFiguresOfADistributorTransferAgreeOnEveryPage(t *testing.T) {
	d := newDesk(t)
	d.world.Subscription(testdb.Subscription{
		Customer: d.customer.ID, Plan: d.vault.ID, Status: "terminated",
		Start: "2025-01-01", End: "2025-12-31",
	})
	preview := d.preview()
	want := preview.figures()
	if got := want["Subscriptions"]; got != "1 | € 40.00 / month | 1 1 ended | € 0.00 / month" {
		t.Errorf("subscriptions: %q", got)
	}
	preview.says("Running subscriptions1→0", "Recurring per month€ 40.00→€ 0.00")
	order := preview.confirm().follow()
	order.sameFigures("the order", want)
	order.says(fmt.Sprintf("%d record", want.moving(t)))
}
