package engine

import (
	"fmt"

	"handover/internal/record"
)

// sourcesExist has a case per kind of record that an entry can name as its source.
func sourcesExist() string {
	cases := "case e.source_kind"
	for _, s := range record.EntrySources {
		cases += fmt.Sprintf("\n\t\t     when '%s' then exists (select 1 from %s where id = e.source_id)",
			s.Kind, s.Table)
	}
	return cases + " end"
}

// journalInvariants are about the journal.
var journalInvariants = []invariant{
	{
		"every record has one owner: what hangs on a document or subscription has it from there, and sources of " +
			"journal entries exist",
		`select (select count(*) from journal_entries where source_id is not null)`,
		`select number_of('JE', e.id) || ' names the ' || e.source_kind || ' ' || e.source_id ||
			', which does not exist'
		 from journal_entries e where e.source_id is not null and not coalesce(` + sourcesExist() + `, false)`,
	},
	{
		"journal entries balance per currency",
		`select count(*) from journal_entries`,
		`select number_of('JE', entry_id) || ' has debits of ' || sum(debit) || ' and credits of ' || sum(credit) ||
			' ' || currency
		 from journal_lines group by entry_id, currency having sum(debit) <> sum(credit)`,
	},
	{
		"what a journal entry keeps of its lines is their sum",
		`select count(*) from journal_entries`,
		`select number_of('JE', e.id) || ' keeps ' || e.debits || ' ' || coalesce(e.currency, '(no currency)') ||
			' as debits, '
		     || e.on_receivable || ' on receivable, ' || e.on_deferred || ' on deferred revenue and ' ||
		         e.on_revenue || ' on revenue'
		 from journal_entries e left join entry_sums l on l.entry_id = e.id
		 where (e.debits, e.currency, e.on_receivable, e.on_deferred, e.on_revenue)
		     is distinct from (coalesce(l.debits, 0), l.currency, coalesce(l.on_receivable, 0),
		                       coalesce(l.on_deferred, 0), coalesce(l.on_revenue, 0))`,
	},
}
