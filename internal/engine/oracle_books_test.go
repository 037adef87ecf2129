package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/shopspring/decimal"
)

// The oracle is a second reading of docs/domain.md that shares nothing with the engine:
// it keeps the rows of the base tables in memory, applies a transfer to them by the
// words of that page, and compares every column of every row with the database.

// row is one row of a table: column -> value as JSON has it.
type row map[string]any

// books are the rows of all tables by their id.
type books map[string]map[int64]row

// bookTables are the tables a transfer may write, with what their columns refer to: those of the
// record kinds and others.
var bookTables = func() map[string]refs {
	tables := maps.Clone(otherTables)
	for _, k := range oracleKinds {
		tables[k.table] = k.refs
	}
	return tables
}()

var otherTables = map[string]refs{
	"distributors":               {},
	"plans":                      {"delegated_from": "plans"},
	"terms":                      {},
	"financial_periods":          {},
	"exchange_rates":             {},
	"customers":                  {"parent_customer_id": "customers", "successor_id": "customers"},
	"former_ids":                 {"customer_id": "customers"},
	"contacts":                   {"customer_id": "customers"},
	"payment_methods":            {"customer_id": "customers"},
	"terms_acceptances":          {"customer_id": "customers"},
	"service_users":              {"customer_id": "customers"},
	"service_user_subscriptions": {"service_user_id": "service_users", "subscription_id": "subscriptions"},
	"subscription_continuations": {"subscription_id": "subscriptions", "continuation_id": "subscriptions"},
	"placed_orders":              {"customer_id": "customers", "subscription_id": "subscriptions"},
	"payment_allocations":        {"debit_memo_id": "debit_memos"},
	"credit_allocations":         {"credit_memo_id": "credit_memos", "debit_memo_id": "debit_memos"},
	"journal_lines":              {"entry_id": "journal_entries"},
	"recognition_lines":          {"entry_id": "journal_entries", "revenue_schedule_id": "revenue_schedules"},
}

// Columns that no rule is about: what triggers keep (what an entry debits, with its
// currency, and what it does to the control accounts; the distributor of the account), and
// free words of ours.
var bookIgnored = map[string]bool{
	"search": true, "debits": true, "issued_hash": true, "on_receivable": true, "on_deferred": true,
	"on_revenue": true, "external_id": true, "account_distributor_id": true,
}

// bookIgnoredNew are ignored in rows that the transfer made.
var bookIgnoredNew = map[string]bool{
	"id": true, "number": true, "reason": true, "memo": true, "created_on": true,
	"source_id": true, "carries": true, "carries_more": true,
}

func (r row) id(col string) int64 {
	n, ok := r[col].(json.Number)
	if !ok {
		if v, ok := r[col].(int64); ok {
			return v
		}
		return 0
	}
	v, err := n.Int64()
	if err != nil {
		panic(fmt.Sprintf("%s is no id: %v", col, n))
	}
	return v
}

func (r row) text(col string) string {
	s, _ := r[col].(string)
	return s
}

func (r row) yes(col string) bool {
	b, _ := r[col].(bool)
	return b
}

func (r row) sum(col string) decimal.Decimal {
	switch v := r[col].(type) {
	case json.Number:
		return decimal.RequireFromString(v.String())
	case decimal.Decimal:
		return v
	}
	return decimal.Zero
}

// ended is cancelled or terminated.
func (r row) ended() bool { return r.text("status") == "cancelled" || r.text("status") == "terminated" }

// readBooks reads what the query of booksQuery returned.
func readBooks(text string) (books, error) {
	var raw map[string][]row
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		return nil, err
	}
	b := books{}
	for table := range bookTables {
		b[table] = map[int64]row{}
		for _, r := range raw[table] {
			b[table][r.id("id")] = r
		}
	}
	return b, nil
}

// booksQuery reads the rows born after the given last id of each table.
func booksQuery(last map[string]int64) string {
	parts := []string{}
	for table := range bookTables {
		parts = append(parts, fmt.Sprintf("'%s', (select coalesce(json_agg(t), '[]') from %s t where id > %d)", table,
			table, last[table]))
	}
	return "json_build_object(" + strings.Join(parts, ", ") + ")"
}

func (b books) copy() books {
	out := books{}
	for table, rows := range b {
		out[table] = map[int64]row{}
		for id, r := range rows {
			out[table][id] = maps.Clone(r)
		}
	}
	return out
}

// sorted are the rows of a table by id.
func (b books) sorted(table string) []row {
	var list []row
	for _, id := range slices.Sorted(maps.Keys(b[table])) {
		list = append(list, b[table][id])
	}
	return list
}

// where are the rows whose column refers to the id, by id.
func (b books) where(table, col string, id int64) []row {
	var list []row
	for _, r := range b.sorted(table) {
		if r.id(col) == id {
			list = append(list, r)
		}
	}
	return list
}

// add makes a row with an id that the database never gives.
func (b books) add(table string, r row) int64 {
	id := int64(1)<<40 + int64(len(b[table]))
	r["id"] = id
	b[table][id] = r
	return id
}

// words write the rows so that those of two books can be compared: what is new has no
// id but a name that says what it is.
func (b books) words(before books) map[string][]string {
	out := map[string][]string{}
	for table, refs := range bookTables {
		for _, r := range b.sorted(table) {
			_, old := before[table][r.id("id")]
			var parts []string
			for _, col := range slices.Sorted(maps.Keys(r)) {
				if bookIgnored[col] || !old && bookIgnoredNew[col] || table == "journal_entries" && col == "currency" {
					continue
				}
				value := fmt.Sprint(r[col])
				switch v := r[col].(type) {
				case nil:
					continue
				case json.Number, decimal.Decimal:
					value = r.sum(col).String()
				case int64:
					value = fmt.Sprint(v)
				}
				if to, ok := refs[col]; ok {
					value = b.name(before, to, r.id(col))
				}
				if col == "order_id" || col == "carried_by" {
					value = "the transfer"
				}
				parts = append(parts, col+"="+value)
			}
			if table == "journal_entries" && !old {
				parts = append(parts, "source="+b.name(before, r.text("source_kind")+"s", r.id("source_id")))
			}
			out[table] = append(out[table], strings.Join(parts, " "))
		}
		sort.Strings(out[table])
	}
	return out
}

// name says which record an id means, in words that hold in both books.
func (b books) name(before books, table string, id int64) string {
	if _, old := before[table][id]; old {
		return fmt.Sprint(id)
	}
	r, ok := b[table][id]
	if !ok {
		return fmt.Sprintf("outside %d", id)
	}
	switch table {
	case "customers":
		return "the new account"
	case "subscriptions":
		for _, c := range b["subscription_continuations"] {
			if c.id("continuation_id") == id {
				return fmt.Sprintf("the continuation of %d", c.id("subscription_id"))
			}
		}
		return "a subscription from nowhere"
	case "plans":
		return fmt.Sprintf("the plan of distributor %d from %d", r.id("distributor_id"), r.id("delegated_from"))
	case "service_users":
		return "the copy of " + r.text("login")
	case "journal_entries":
		return "the entry of " + b.name(before, r.text("source_kind")+"s", r.id("source_id"))
	}
	return "the " + table + " of " + b.name(before, "customers", r.id("customer_id"))
}

// differences are the rows of which only one of the books knows.
func differences(want, got map[string][]string) []string {
	var list []string
	for _, table := range slices.Sorted(maps.Keys(bookTables)) {
		count := map[string]int{}
		for _, s := range want[table] {
			count[s]++
		}
		for _, s := range got[table] {
			count[s]--
		}
		for _, s := range slices.Sorted(maps.Keys(count)) {
			if count[s] > 0 {
				list = append(list, "- "+table+": "+s)
			} else if count[s] < 0 {
				list = append(list, "+ "+table+": "+s)
			}
		}
	}
	return list
}
