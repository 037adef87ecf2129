package record

import (
	"slices"
	"strings"
)

// KindOrder is the place of a kind in Kinds; what is none comes last.
func KindOrder(name string) int {
	at := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if at < 0 {
		return len(Kinds)
	}
	return at
}

// Plurals names several records of a kind.
func Plurals(name string) string {
	if k, ok := KindOf(name); ok {
		return k.Plural
	}
	return name + "s"
}

// LabelOf names several records of a ledgered kind, as a heading: "Invoice lines".
func LabelOf(name string) string {
	if k, ok := KindOf(name); ok {
		return strings.ToUpper(k.Plural[:1]) + k.Plural[1:]
	}
	for _, c := range CarriedTables {
		if c.Name == name {
			return c.Label
		}
	}
	return name
}

// PrefixOf returns the prefix of a ledgered kind's numbers; a link row has none of
// its own and is shown by its id.
func PrefixOf(name string) string {
	if k, ok := KindOf(name); ok {
		return k.Prefix
	}
	for _, c := range CarriedTables {
		if c.Name == name && c.Prefix != "" {
			return c.Prefix
		}
	}
	return "#"
}

// DocumentKinds are the kinds that settle each other and are issued.
var DocumentKinds = []string{"invoice", "credit_memo", "debit_memo"}

// IsDocument reports whether the kind is issued to a customer: an invoice or a memo.
func IsDocument(kind string) bool { return slices.Contains(DocumentKinds, kind) }
