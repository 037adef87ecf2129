// Package exchange moves data in and out as CSV files.
//
// The files, their columns and where each value lives are declared once, in files_*.go;
// import and export loop over that declaration.
//
// An import is one transaction. It reads each file line by line, checks each line alone,
// and copies it unchanged into a temporary table (stage_*). Then it matches ids: an
// outside id first, then our number; a row that matches nothing is new and gets an id. A
// second temporary table (load_*) has every reference resolved, and all further rules work
// on it, set by set: the import restores what transfers wrote (keep.go), moves new records
// of transferred accounts to the successor (redirect.go), checks the rules that span
// lines, and writes the differences to the database. The first mistake stops nothing: the
// import gathers all of them, each with its file, line and column, and then writes
// nothing.
package exchange
