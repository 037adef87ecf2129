package sheet_test

import (
	"testing"

	"handover/internal/sheet"
)

func TestInertDefusesWhereACellCanBegin(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                         "",
		"Blue Fjord AS":            "Blue Fjord AS",
		"a-b; c=d, O'Hara":         "a-b; c=d, O'Hara",
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
		"'quoted;'=":               "''quoted;''=",
	} {
		if got := sheet.Inert(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
		if got := sheet.Exact(sheet.Inert(cell)); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
	}
}

func FuzzExactUndoesInert(f *testing.F) {
	f.Add("=1;'+2\n")
	f.Fuzz(func(t *testing.T, text string) {
		cell := string([]rune(text)) // a list holds UTF-8
		inert := sheet.Inert(cell)
		if got := sheet.Exact(inert); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if again := sheet.Inert(inert); again == inert && inert != cell {
			t.Errorf("%q is not told from what it was", inert)
		}
	})
}
