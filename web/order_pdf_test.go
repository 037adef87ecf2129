package web_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// pdfText returns what the PDF at the address says, as pdftotext of poppler reads it, with
// single spaces.
func (p panel) pdfText(path string) string {
	p.Helper()
	a := p.get(path).is(http.StatusOK)
	read := exec.CommandContext(p.Context(), "pdftotext", "-layout", "-", "-")
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
		"TO-000001", "Successfully merged customer(s)", "Blue Fjord AS", "Łódź Żagle Жук", "The books before and after", "holds", "Timeline", "Completed", "As it was confirmed",
		"Head of the audit log when the order was completed",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the PDF does not say %q: %s", want, said)
		}
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
	if strings.Contains(said, "Blue Fjord") || strings.Contains(said, "Head of the audit log") || !strings.Contains(said, "Thames Account") || !strings.Contains(said, "Another distributor") {
		t.Errorf("the new distributor prints %s", said)
	}
}
