package accounts

import "handover/internal/db"

// Another replaces a distributor, an account or a person that the reader may not know.
const Another = "another distributor"

// MemoText is an expression for the text of the credit or debit memo in row: the text that it was
// given, else a sentence of the columns that say what a transfer carried with it.
func MemoText(row string) string {
	return givenOr(row, row+".reason", carriedSentence(row, counterparty(row), carriedDocuments(row)))
}

// EntryText is the same for the journal entry in row.
func EntryText(row string) string {
	entity := `coalesce(', intercompany with ' || ` + row + `.counterparty_entity, '')`
	return givenOr(row, row+".memo", carriedSentence(row, counterparty(row), entity))
}

// MemoText is MemoText for a reader of the scope; no word of it names another side that lies
// outside. A memo of a transfer that an import brought does not say who its other side is, and the
// text that it was given may name it.
func (s Scope) MemoText(w *db.Where, row string) string {
	return s.redacted(w, row, MemoText(row), row+".reason", row+".purpose = 'transfer'", carriedDocuments(row))
}

// EntryText is EntryText for a reader of the scope, as MemoText is. What is searched for is compared
// with it.
func (s Scope) EntryText(w *db.Where, row string) string {
	imported := `case ` + row + `.source_kind
		when 'credit_memo' then exists (select 1 from credit_memos m
		                                where m.id = ` + row + `.source_id and m.purpose = 'transfer')
		when 'debit_memo' then exists (select 1 from debit_memos m
		                               where m.id = ` + row + `.source_id and m.purpose = 'transfer') end`
	return s.redacted(w, row, EntryText(row), row+".memo", imported, `''`)
}

// redacted is the whole text where the counterparty of the row lies in the scope, else one that does
// not name it.
func (s Scope) redacted(w *db.Where, row, whole, given, imported, rest string) string {
	if s.Everything {
		return whole
	}
	return `case when ` + s.Condition(w, row+".counterparty_distributor_id") + ` then ` + whole + `
		when ` + row + `.carried is not null then ` + carriedSentence(row, `'`+Another+`'`, rest) + `
		when ` + imported + ` then 'Balance carried by a transfer' else ` + given + ` end`
}

// givenOr is the text that a row was given, or the sentence where a transfer wrote it without one.
func givenOr(row, given, sentence string) string {
	return `case when ` + given + ` <> '' or ` + row + `.carried is null then ` + given + ` else ` + sentence + ` end`
}

// carriedSentence says what a transfer carried; party and rest are expressions.
func carriedSentence(row, party, rest string) string {
	return `'Balance carried ' || ` + row + `.carried || ' ' || ` + party + ` || ' by ' || number_of('TO', ` + row +
		`.carried_by) || ` + rest
}

// counterparty names the other side as it was called then: a distributor, or an account with its
// number.
func counterparty(row string) string {
	return row + `.counterparty_name || coalesce(' (' || number_of('C', ` + row +
		`.counterparty_customer_id) || ')', '')`
}

// carriedDocuments names what a memo carries or takes back.
func carriedDocuments(row string) string {
	more := row + `.carries_more`
	return `coalesce(': takes back ' || ` + row + `.takes_back, ': ' || array_to_string(` + row +
		`.carries, ', ') || case
		when ` + more + ` = 1 then ' and 1 more document' when ` + more + ` > 1 then ' and ' || ` + more +
		` || ' more documents' else '' end, '')`
}
