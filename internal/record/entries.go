package record

import (
	"fmt"
	"strings"
)

// EntrySource is a kind of record that a journal entry can name as its source, and is owned
// through (docs/domain.md, record kinds).
type EntrySource struct {
	Kind, Table string
}

// EntrySources lists them. A recognition entry names its revenue schedule line. They are no field
// of Kind because the rule of journal entries, which is one, is made of them.
var EntrySources = []EntrySource{
	{"invoice", "invoices"},
	{"payment", "payments"},
	{"refund", "refunds"},
	{"credit_memo", "credit_memos"},
	{"debit_memo", "debit_memos"},
	{"revenue_schedule", "revenue_schedules"},
}

// entries is the rule of journal entries: each moves with its source, which is in the set of
// its kind; one without a source as alone says.
func entries(sets map[string]string, alone string) string {
	var b strings.Builder
	b.WriteString("case $.source_kind")
	for _, source := range EntrySources {
		fmt.Fprintf(&b, "\n        when '%s' then $.source_id in %s", source.Kind, sets[source.Kind])
	}
	fmt.Fprintf(&b, "\n        else %s end", alone)
	return b.String()
}

// recognisingTogether is the rule of entries without a source: one that recognises schedule lines moves if
// all of them do, any other as alone says.
func recognisingTogether(schedules, alone string) string {
	return fmt.Sprintf(`coalesce((select bool_and(rl.revenue_schedule_id in %s) from recognition_lines rl
		where rl.entry_id = $.id), %s)`, schedules, alone)
}

// entriesWith is the rule of journal entries in a flow that moves documents by these rules.
func entriesWith(d documents, payment, creditMemo, schedule, alone string) string {
	payments, schedules := Moved("owned_payments", payment), Moved("owned_revenue_schedules", schedule)
	return entries(map[string]string{
		"invoice": Moved("owned_invoices", d.Invoice), "payment": payments,
		"refund":      fmt.Sprintf("(select f.id from refunds f where f.payment_id in %s)", payments),
		"credit_memo": Moved("owned_credit_memos", creditMemo), "debit_memo": Moved("owned_debit_memos", d.DebitMemo),
		"revenue_schedule": schedules,
	}, recognisingTogether(schedules, alone))
}

// entriesBack is the rule of journal entries in a reversal: what went comes back, whatever it
// recognises.
func entriesBack() string {
	payments := Ledgered("payment", "customer_id")
	return entries(map[string]string{
		"invoice": Ledgered("invoice", "customer_id"), "payment": payments,
		"refund":      fmt.Sprintf("(select f.id from refunds f where f.payment_id in %s)", payments),
		"credit_memo": Ledgered("credit_memo", "customer_id"), "debit_memo": Ledgered("debit_memo", "customer_id"),
		"revenue_schedule": Moved("owned_revenue_schedules", hanging("revenue_schedule")),
	}, "$.id in "+Ledgered("journal_entry", "customer_id"))
}
