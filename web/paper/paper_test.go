package paper_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"handover/web/paper"
)

// printed returns what pdftotext of poppler says of each page, with its arguments.
func printed(t *testing.T, d *paper.Document, arguments ...string) []string {
	t.Helper()
	file, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	read := exec.CommandContext(t.Context(), "pdftotext", append(arguments, "-", "-")...)
	read.Stdin = bytes.NewReader(file)
	said, err := read.Output()
	if err != nil {
		t.Fatalf("pdftotext (of poppler-utils; make test installs it): %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(said), "\f"), "\f")
}

// spaced writes every gap as one space.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

var head = paper.Head{
	Brand: "Aurora Cloud", Color: "#1f5eff", Title: "TO-000412 · Merge", State: "Completed",
	About: "TO-000412 · Totals reconciled: 3 lines hold", Printed: "Printed on 1 Dec 2026, 10:30:00 UTC",
}

func amounts(rows int) *paper.Document {
	d := paper.New(head)
	d.Section("Amounts")
	var cells [][]string
	for n := 1; n <= rows; n++ {
		cells = append(cells, []string{fmt.Sprintf("Row %d", n), fmt.Sprintf("%d.00", n*1111)})
	}
	d.Table([]paper.Column{{Label: "What is summed", Share: 60}, {Label: "How much", Share: 40, Numeric: true}},
		cells...)
	return d
}

func TestLongTableRepeatsItsHeadOnEveryPage(t *testing.T) {
	t.Parallel()
	pages := printed(t, amounts(120), "-raw")
	if len(pages) < 3 {
		t.Fatalf("120 rows are on %d pages", len(pages))
	}
	rows := 0
	for n, page := range pages {
		said := spaced(page)
		for _, want := range []string{
			"Aurora Cloud", "TO-000412 · Merge", "What is summed How much",
			"TO-000412 · Totals reconciled: 3 lines hold",
			"Printed on 1 Dec 2026", fmt.Sprintf("Page %d of %d", n+1, len(pages)),
		} {
			if strings.Count(said, want) != 1 {
				t.Errorf("page %d says %q %d times: %s", n+1, want, strings.Count(said, want), said)
			}
		}
		rows += strings.Count(said, "Row ")
	}
	if rows != 120 {
		t.Errorf("%d of 120 rows are printed", rows)
	}
}

// placed is a word with its edges, of pdftotext -bbox.
var placed = regexp.MustCompile(`xMax="([0-9.]+)" yMax="([0-9.]+)">([^<]*)</word>`)

func TestFiguresEndAtOneEdge(t *testing.T) {
	t.Parallel()
	edges := map[string]int{}
	for _, word := range placed.FindAllStringSubmatch(strings.Join(printed(t, amounts(20), "-bbox"), ""), -1) {
		if strings.HasSuffix(word[3], ".00") {
			edge, err := strconv.ParseFloat(word[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			edges[strconv.FormatFloat(edge, 'f', 0, 64)]++
		}
	}
	if len(edges) != 1 || edges["542"] != 20 {
		t.Errorf("the figures end at %v", edges)
	}
}

// The signs of all currencies that web/page writes, and the letters that names have.
func TestCharactersOfEveryScriptAreReadable(t *testing.T) {
	t.Parallel()
	d := paper.New(head)
	for _, text := range []string{
		"€ £ $ ¥ ₹ ₩ ₪ ₺ ₴ ₫", "Łódź Жук Ελλάδα Việt", "日本株式会社", "한국", "שלום", "a\u0301",
		"ไทย", "✓\u200b\ufe0f",
	} {
		d.Text(text)
		d.Strong(text)
	}
	said := spaced(strings.Join(printed(t, d, "-raw"), " "))
	for _, want := range []string{
		"€ £ $ ¥ ₹ ₩ ₪ ₺ ₴ ₫", "Łódź Жук Ελλάδα Việt", "日本株式会社", "한국", "שלום", "á", "U+0E44 U+0E17 U+0E22", "✓",
	} {
		if strings.Count(said, want) != 2 {
			t.Errorf("%q is said %d times, want plain and bold: %s", want, strings.Count(said, want), said)
		}
	}
}

// A text that is wider or longer than what it is in goes on below and on the next page, whole.
func TestLongTextGoesOn(t *testing.T) {
	t.Parallel()
	d := paper.New(paper.Head{Title: strings.Repeat("Title ", 30)})
	word, words := strings.Repeat("x", 300), strings.TrimSpace(strings.Repeat("word ", 4000))
	d.Facts([]paper.Fact{{Label: "One", Text: word}, {Label: "Two", Text: "short"}, {Label: "Three", Text: "odd"}})
	d.Table([]paper.Column{{Label: "Left", Share: 1}, {Label: "Right", Share: 1}}, []string{words, "beside"})
	pages := printed(t, d, "-raw")
	said := strings.Join(pages, " ")
	if strings.Count(said, "x") != 300 || strings.Count(said, "word") != 4000 || len(pages) < 3 ||
		strings.Count(said, "Left") != len(pages) {
		t.Errorf("%d x, %d words, %d heads on %d pages", strings.Count(said, "x"), strings.Count(said, "word"),
			strings.Count(said, "Left"), len(pages))
	}
}

func TestBrandWithoutColorIsPrinted(t *testing.T) {
	t.Parallel()
	for _, color := range []string{"", "#12", "red", "#12345g"} {
		if said := printed(t, paper.New(paper.Head{Brand: "Aurora", Color: color}), "-raw"); !strings.Contains(said[0],
			"Page 1 of 1") {
			t.Errorf("with the colour %q: %s", color, said)
		}
	}
}
