package web_test

import (
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// pdfText returns what the PDF at the address says, as pdftotext of poppler reads it cell by cell, with
// single spaces.
func (p panel) pdfText(path string) string {
	p.Helper()
	a := p.get(path).is(http.StatusOK)
	read := exec.CommandContext(p.Context(), "pdftotext", "-raw", "-", "-")
	read.Stdin = strings.NewReader(a.body)
	said, err := read.Output()
	if err != nil {
		p.Fatalf("pdftotext (of poppler-utils; make test installs it): %v", err)
	}
	return strings.Join(strings.Fields(string(said)), " ")
}

// The printed order says what its page says, in every script that names have.
func TestOrderAsPDF(t *testing.T) {
	p := newPair(t)
	p.world.Exec(`update customers set name = 'Łódź Żagle Жук' where id = $1`, p.group.ID)
	order := p.mergedOrder()
	said := p.pdfText(strings.TrimSuffix(order.toReverse(), "/reverse") + "/order.pdf")
	for _, want := range []string{
		"TO-000001", "Successfully merged customer(s)", "Blue Fjord AS", "Łódź Żagle Жук",
		"The books before and after", "holds", "Timeline", "Completed", "As it was confirmed",
		"Head of the audit log when the order was completed",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the PDF does not say %q: %s", want, said)
		}
	}
}

// Every page of a long order names the brand, the order, the columns and its own number.
func TestLongOrderAsPDF(t *testing.T) {
	p := newPair(t)
	order := p.mergedOrder()
	p.world.Exec(`insert into transfer_events (order_id, event, detail) select o.id, 'rejected', 'round ' || n
		from transfer_orders o, generate_series(1, 120) n`)
	said := p.pdfText(strings.TrimSuffix(order.toReverse(), "/reverse") + "/order.pdf")
	pages := strings.Count(said, "Time (UTC) Event Detail By")
	if pages < 3 || strings.Count(said, "round ") != 120 {
		t.Fatalf("%d heads of the timeline and %d of its events are printed", pages, strings.Count(said, "round "))
	}
	last := regexp.MustCompile(`Page (\d+) of (\d+)`).FindAllStringSubmatch(said, -1)
	for n, found := range last {
		if found[1] != strconv.Itoa(n+1) || found[2] != strconv.Itoa(len(last)) {
			t.Errorf("the page %d of %d says %q", n+1, len(last), found[0])
		}
	}
	if feet := strings.Count(said, "TO-000001 · Totals reconciled: "); len(last) < pages || feet != len(last) {
		t.Errorf("%d pages, %d of them say what was proved", len(last), feet)
	}
}

// Who sees one side of an order prints one side.
func TestPDFOfOneSide(t *testing.T) {
	d := newDesk(t)
	o := d.world.TransferOrder(testdb.TransferOrder{
		Source: d.customer.ID, Kind: "distributor", TargetDistributor: d.thames.ID,
		Target: d.world.Customer(testdb.Customer{Distributor: d.thames.ID, Name: "Thames Account"}).ID,
	})
	d.become(testdb.Staff{Distributor: d.thames.ID, Role: "administrator"})
	said := d.pdfText("/rcp/orders/" + o.Number + "/order.pdf")
	if strings.Contains(said, "Blue Fjord") || strings.Contains(said, "Head of the audit log") ||
		!strings.Contains(said, "Thames Account") || !strings.Contains(said, "Another distributor") {
		t.Errorf("the new distributor prints %s", said)
	}
}

// TestReasonOfARejectionIsHiddenFromEachSide: only who sees both sides reads why an order was
// rejected, on its page, on paper and through the API.
func TestReasonOfARejectionIsHiddenFromEachSide(t *testing.T) {
	p := newPair(t)
	w := p.world
	asked := w.Staff(testdb.Staff{Distributor: w.Provider.ID})
	north, south := w.Distributor(testdb.Distributor{Name: "Northern Cloud"}),
		w.Distributor(testdb.Distributor{Name: "Southern Cloud"})
	o := w.TransferOrder(testdb.TransferOrder{
		Kind: "distributor", Status: "rejected", RequestedBy: asked.ID,
		Source: w.Customer(testdb.Customer{Distributor: north.ID}).ID,
		Target: w.Customer(testdb.Customer{Distributor: south.ID}).ID,
	})
	for _, reader := range []struct {
		distributor int64
		panel       string
		reads       bool
	}{{w.Provider.ID, "/pcp", true}, {north.ID, "/rcp", false}, {south.ID, "/rcp", false}} {
		s := w.Staff(testdb.Staff{Distributor: reader.distributor, Role: "administrator"})
		p.post("/sign-out", nil)
		p.signIn(s)
		address := reader.panel + "/orders/" + o.Number
		for what, text := range map[string]string{
			"page": p.open(address).body, "PDF": p.pdfText(address + "/order.pdf"),
			"API": p.asProgram(s).send(http.MethodGet, "/orders/"+o.Number, nil).text,
		} {
			if !strings.Contains(text, o.Number) || strings.Contains(text, "It is not wanted.") != reader.reads {
				t.Errorf("%s of distributor %d reads the reason: %t, want %t: %s", what, reader.distributor,
					!reader.reads, reader.reads, text)
			}
		}
	}
}
