// Package sheet keeps a spreadsheet from taking text of a list for a formula.
package sheet

import "strings"

// signs begin a formula, also in full width, which some spreadsheets turn into narrow ones.
const signs = "=+-@＝＋－＠"

// ends end a cell where a spreadsheet is set to another separator than the comma, or pastes
// lines: what follows one of them begins a cell again.
const ends = ";\t\r\n"

// Inert returns the cell with an apostrophe before each sign that could begin a formula: at the
// begin of the cell and after a semicolon, a tab or a line end. An apostrophe in such a place,
// and a separator at the begin, get one more, so that Exact gives the cell back to the letter.
func Inert(cell string) string {
	if !strings.ContainsAny(cell, signs+"'") && !strings.ContainsAny(cell[:min(1, len(cell))], ends) {
		return cell
	}
	var out strings.Builder
	begins := true
	for i, r := range cell {
		if begins && strings.ContainsRune(signs+"'", r) || i == 0 && r != ';' && strings.ContainsRune(ends, r) {
			out.WriteByte('\'')
		}
		out.WriteRune(r)
		begins = strings.ContainsRune(ends, r)
	}
	return out.String()
}

// Exact returns the cell that Inert was given: it takes one apostrophe off at the begin of the
// cell and after each semicolon, tab and line end.
func Exact(inert string) string {
	var out strings.Builder
	begins := true
	for _, r := range inert {
		if !begins || r != '\'' {
			out.WriteRune(r)
		}
		begins = strings.ContainsRune(ends, r)
	}
	return out.String()
}
