package exchange

import (
	"cmp"
	"slices"

	"handover/internal/record"
)

// file declares one CSV file: what its rows are, where they live, and its columns. Of a record kind
// the name, the table, the label and the prefix are those of record.Kinds where it says no other.
type file struct {
	name  string // "orders" is orders.csv
	table string // where its rows live
	rows  string // what an export reads instead of the table
	where string // which rows t an export writes
	kind  string // of its rows in the transfer ledger
	label string // one row, in a sentence

	prefix   string   // of our numbers; "" for rows without an id
	numbered bool     // our number is the column number, not made of the id
	key      []string // what identifies a row without an id
	many     bool     // several rows may have the same key
	pk       string   // the table's key, if it is not id

	owner    string // the column through which a row is owned: an import never changes it
	view     string // says in which currency each row's amounts are
	currency string // the same as an expression over a row t, where there is no view

	one      []string                  // columns of which exactly one must be filled
	unalike  []string                  // columns that must differ
	settles  string                    // the file that allocates its rows to documents
	dated    string                    // the column that dates it, if it can be unbilled
	unbilled func(im *importer) string // condition on a loaded row l: it is not billed yet

	columns []column // all but id, in order
	write   writer   // nil: what is new is inserted, what differs is updated
}

// files returns every file, parents before children: the order of loading.
func files() []file {
	all := slices.Concat(catalogFiles, accountFiles, contractFiles, documentFiles, settlementFiles, scheduleFiles,
		journalFiles)
	for i := range all {
		f := &all[i]
		if k, ok := record.KindOf(f.kind); ok {
			f.name, f.table = cmp.Or(f.name, k.Table), cmp.Or(f.table, k.Table)
			f.label, f.prefix = cmp.Or(f.label, k.Label), cmp.Or(f.prefix, k.Prefix)
		}
	}
	return all
}

func (f *file) csv() string { return f.name + ".csv" }

// id reports whether the rows have an id column.
func (f *file) id() bool { return f.prefix != "" }

// header returns the names of all columns in order.
func (f *file) header() []string { return f.names(func(column) bool { return true }) }

// needed returns the names of the columns that a file must have, in order.
func (f *file) needed() []string { return f.names(func(c column) bool { return !c.optional }) }

// names returns the names of the id and of the columns that are wanted, in order.
func (f *file) names(wanted func(c column) bool) []string {
	var names []string
	if f.id() {
		names = append(names, "id")
	}
	for _, c := range f.columns {
		if wanted(c) {
			names = append(names, c.name)
		}
	}
	return names
}

// column returns the column of that name; it must exist.
func (f *file) column(name string) column {
	for _, c := range f.columns {
		if c.name == name {
			return c
		}
	}
	panic("exchange: " + f.name + " has no column " + name)
}

func (f *file) has(name string) bool {
	return slices.ContainsFunc(f.columns, func(c column) bool { return c.name == name })
}

// comparedWith returns what an import compares the column of a loaded row with.
func (c column) comparedWith() string {
	if c.compared != "" {
		return c.compared
	}
	return "t." + c.stored()
}

// primary returns the column that identifies a row of the table.
func (f *file) primary() string {
	if f.pk != "" {
		return f.pk
	}
	return "id"
}

// takes returns what an update writes into the column.
func (c column) takes() string {
	if c.taken != "" {
		return c.taken
	}
	return "l." + c.name
}

// column declares one column of a file.
type column struct {
	name     string
	in       string // the table's column, if it is called otherwise
	typ      columnType
	to       string            // the file it refers to
	by       string            // the column that names the kind of record it refers to
	required bool              // must not be empty
	empty    string            // the meaning of an empty value
	allowed  []string          // the values there are
	synonyms map[string]string // further values, with what they mean
	after    string            // the column whose date this one must not precede
	above    string            // "0": must be more than zero; "-": must not be negative
	currency string            // the column of the line that holds the amount's currency
	from     string            // what an export reads instead of the column, over a row t
	optional bool              // a file may lack it; an export writes it where a row has a value other than the default
	blank    bool              // a choice of which none is an empty text in the database
	// what an import compares it with instead of the column, over a row t and the loaded row l
	compared string
	taken    string // what an update writes instead of the loaded value, over a row t and the loaded row l
	unstored bool   // it is in no table: an export works it out, an import's checks read it
}

// stored returns the name of the table's column.
func (c column) stored() string {
	if c.in != "" {
		return c.in
	}
	return c.name
}

func (c column) refers() bool { return c.to != "" || c.by != "" }

func text(name string) column        { return column{name: name, typ: textType} }
func name(name string) column        { return column{name: name, typ: nameType} }
func number(name string) column      { return column{name: name, typ: decimalType} }
func amount(name string) column      { return column{name: name, typ: amountType} }
func date(name string) column        { return column{name: name, typ: dateType} }
func moment(name string) column      { return column{name: name, typ: momentType} }
func currency(name string) column    { return column{name: name, typ: currencyType, required: true} }
func ref(name, to string) column     { return column{name: name, typ: refType, to: to} }
func refBy(name, by string) column   { return column{name: name, typ: refType, by: by} }
func flag(name, empty string) column { return column{name: name, typ: flagType, empty: empty} }

func choice(name string, v ...string) column { return column{name: name, typ: choiceType, allowed: v} }

func (c column) must() column                   { c.required = true; return c }
func (c column) or(empty string) column         { c.empty = empty; return c }
func (c column) storedAs(in string) column      { c.in = in; return c }
func (c column) notBefore(start string) column  { c.after = start; return c }
func (c column) notNegative() column            { c.above = "-"; return c }
func (c column) positive() column               { c.above = "0"; return c }
func (c column) of(currency string) column      { c.currency = currency; return c }
func (c column) reads(expression string) column { c.from = expression; return c }
func (c column) maybe() column                  { c.optional = true; return c }
func (c column) against(v string) column        { c.compared = v; return c }
func (c column) orBlank() column                { c.blank = true; return c }
func (c column) worksOut(value string) column   { c.from, c.unstored = value, true; return c }

// worded is a text of which a row may have none and be shown a sentence instead. A file that brings
// the sentence back says nothing new.
func (c column) worded(sentence string) column {
	c.from = sentence
	c.taken = "case when l." + c.name + " = " + sentence + " then t." + c.name + " else l." + c.name + " end"
	return c
}

func (c column) also(s map[string]string) column { c.synonyms = s; return c }
