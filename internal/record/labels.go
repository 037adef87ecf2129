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

// DocumentKinds returns the kinds that are issued to a customer: invoices and memos.
func DocumentKinds() []string { return namesOf(func(k Kind) bool { return k.Issued }) }

// MemoKinds returns the kinds by which a distributor transfer carries the balance.
func MemoKinds() []string { return namesOf(func(k Kind) bool { return k.Carries }) }

// IsDocument reports whether the kind is issued to a customer.
func IsDocument(kind string) bool { return slices.Contains(DocumentKinds(), kind) }

// IsMemo reports whether a distributor transfer carries the balance by records of the kind.
func IsMemo(kind string) bool { return slices.Contains(MemoKinds(), kind) }

// namesOf returns the names of the kinds that meet a condition, in their order.
func namesOf(wanted func(Kind) bool) []string {
	var names []string
	for _, k := range Kinds {
		if wanted(k) {
			names = append(names, k.Name)
		}
	}
	return names
}
