package sheet_test

import (
	"strings"
	"testing"

	"handover/internal/sheet"
)

func TestInertDefusesWhereACellCanBegin(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                         "",
		"Blue Fjord AS":            "Blue Fjord AS",
		"a-b; c=d, O'Hara":         "a-b; c=d, O'Hara",
		"'t Hof B.V.":              "'t Hof B.V.",
		"=1+1":                     "'=1+1",
		"@SUM(A1)":                 "'@SUM(A1)",
		"Fjord;=cmd|' /C calc'!A0": "Fjord;'=cmd|' /C calc'!A0",
		"Fjord;;+1":                "Fjord;;'+1",
		"＝1":                       "'＝1",
		"x;＋1":                     "x;'＋1",
		"－1\n＠x":                   "'－1\n'＠x",
		"\t=1":                     "'\t'=1",
		"a\r\n=1":                  "a\r\n'=1",
		"a\r=1":                    "a\r'=1",
		"\n":                       "'\n",
	} {
		if got := sheet.Inert(cell); got != want || sheet.Inert(got) != got {
			t.Errorf("%q becomes %q, then %q, want %q", cell, got, sheet.Inert(got), want)
		}
		if got := unescape(sheet.Escape(cell)); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
	}
	if got := sheet.Escape("'quoted;'="); got != "''quoted;''=" {
		t.Errorf("apostrophes become %q", got)
	}
}

func FuzzUnescapeUndoesEscape(f *testing.F) {
	f.Add("=1;'+2\n")
	f.Fuzz(func(t *testing.T, text string) {
		cell := string([]rune(text)) // a list holds UTF-8
		escaped := sheet.Escape(cell)
		if got := unescape(escaped); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if got := sheet.Inert(escaped); got != escaped {
			t.Errorf("%q is not inert: %q", escaped, got)
		}
	})
}

// unescape returns the cell that Escape was given: it takes one apostrophe off at the begin of the
// cell and after each semicolon, tab and line end.
func unescape(escaped string) string {
	var out strings.Builder
	begins := true
	for _, r := range escaped {
		if !begins || r != '\'' {
			out.WriteRune(r)
		}
		begins = strings.ContainsRune(";\t\r\n", r)
	}
	return out.String()
}
