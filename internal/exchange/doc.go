// Package exchange moves data in and out as CSV files.
//
// The files, their columns and where each value lives are declared once, in
// files_*.go; import and export loop over that declaration.
//
// An import is one transaction. Each file is read line by line, checked for what
// can be seen on a line, and copied into a temporary table as it stands (stage_*).
// Then ids are matched: an outside id first, then our number; what matches nothing is
// new and gets an id. A second temporary table (load_*) has every reference
// resolved, and is what all further rules work on, set by set: what transfers wrote
// is put back (kept.go), new records of accounts that went elsewhere follow them
// (redirect.go), the rules that span lines are checked, and what differs from the
// database is written. The first mistake found stops nothing: all are gathered, each
// with its file, line and column, and then nothing is written.
package exchange
