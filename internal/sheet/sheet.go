// Package sheet keeps a spreadsheet from taking text of a list for a formula.
package sheet

import "strings"

// signs begin a formula, also in full width, which some spreadsheets turn into narrow ones.
const signs = "=+-@＝＋－＠"

// ends end a cell where a spreadsheet is set to another separator than the comma, or pastes
// lines: what follows one of them begins a cell again.
const ends = ";\t\r\n"

// mark is put before what would be a formula: a spreadsheet takes the rest as text.
const mark = '\''

// Inert returns the cell with an apostrophe before each sign that could begin a formula: at the
// begin of the cell and after a semicolon, a tab or a line end. A cell that is inert stays as it is.
func Inert(cell string) string { return defuse(cell, signs) }

// Escape is Inert for a file that is read back to the letter: an apostrophe of the text in such a
// place gets one more. Whoever reads it takes one off at the begin of a cell and after each
// semicolon, tab and line end (docs/security.md has the recipes).
func Escape(cell string) string { return defuse(cell, signs+string(mark)) }

// defuse puts the mark before the signs where a cell can begin, and before a tab or line end at
// the begin.
func defuse(cell, signs string) string {
	var out strings.Builder
	begins := true
	for i, r := range cell {
		if begins && strings.ContainsRune(signs, r) || i == 0 && r != ';' && strings.ContainsRune(ends, r) {
			out.WriteRune(mark)
		}
		out.WriteRune(r)
		begins = strings.ContainsRune(ends, r)
	}
	return out.String()
}
