package web_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// wants fails unless the page has the status and says all sentences.
func (a answer) wants(t *testing.T, status int, sentences ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("answered %d, want %d: %s", a.status, status, a.text())
	}
	text := a.text()
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("does not say %q: %s", s, text)
		}
	}
}

// rows returns the rows of the page's tables, the cells of each joined by " | ".
func (a answer) rows() []string {
	var out []string
	a.doc.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		var cells []string
		row.Find("td, th").Each(func(_ int, cell *goquery.Selection) {
			cells = append(cells, strings.Join(strings.Fields(cell.Text()), " "))
		})
		out = append(out, strings.Join(cells, " | "))
	})
	return out
}

// wantsRow fails unless a row of the page says so.
func (a answer) wantsRow(t *testing.T, rows ...string) {
	t.Helper()
	all := a.rows()
	for _, want := range rows {
		if !strings.Contains("\n"+strings.Join(all, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("no row says %q:\n%s", want, strings.Join(all, "\n"))
		}
	}
}
