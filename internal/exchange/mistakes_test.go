package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// mistake is an edit of one file and the errors that it must give.
type mistake struct {
	name, file, before, after string
	want                      []string
}

// files are those that the mistake concerns.
func (m mistake) files() []string {
	files := []string{m.file}
	for _, line := range m.want {
		files = append(files, file(line))
	}
	return files
}

// file is the one that a line of a report is about.
func file(line string) string {
	name, _, _ := strings.Cut(line, ":")
	return name
}

// apart divides the mistakes into groups in which no two concern one file.
func apart(mistakes []mistake) [][]mistake {
	var groups [][]mistake
	var concerned []map[string]bool
	for _, m := range mistakes {
		at := slices.IndexFunc(concerned, func(c map[string]bool) bool {
			return !slices.ContainsFunc(m.files(), func(name string) bool { return c[name] })
		})
		if at < 0 {
			at = len(groups)
			groups, concerned = append(groups, nil), append(concerned, map[string]bool{})
		}
		groups[at] = append(groups[at], m)
		for _, name := range m.files() {
			concerned[at][name] = true
		}
	}
	return groups
}

// checkMistakes imports the small data with mistakes, at once those of different files: an import
// of the smallest file costs as much as that of all.
func checkMistakes(t *testing.T, mistakes []mistake) {
	t.Parallel()
	pool := testdb.New(t)
	for _, group := range apart(mistakes) {
		d, all := small(t), 0
		for _, m := range group {
			d = d.edit(t, m.file, m.before, m.after)
			all += len(m.want)
		}
		_, got := try(t, pool, d)
		for _, m := range group {
			t.Run(m.name, func(t *testing.T) {
				own := slices.DeleteFunc(slices.Clone(got), func(line string) bool {
					return !slices.Contains(m.files(), file(line))
				})
				if diff := cmp.Diff(m.want, own); diff != "" {
					t.Error(diff)
				}
			})
		}
		if len(got) != all {
			t.Errorf("%d errors instead of %d:\n%s", len(got), all, strings.Join(got, "\n"))
		}
		if n := value(t, pool,
			`select (select count(*) from brands) + (select count(*) from audit_entries)`); n != "0" {
			t.Errorf("%s rows were written", n)
		}
	}
}

func TestMistakesOnALine(t *testing.T) {
	checkMistakes(t, []mistake{
		{"unknown column", "brands.csv", "id,name", "id,slogan,name", []string{
			`brands.csv:1: slogan: there is no such column; the columns are id,name,primary_color`,
		}},
		{"missing column", "contacts.csv", "email,role", "email", []string{
			`contacts.csv:1: role: the column is missing`,
		}},
		{"column twice", "contacts.csv", "email,role", "email,email,role", []string{
			`contacts.csv:1: email: the column is there twice`,
		}},
		{"too few values", "contacts.csv", "k2,c1,Bo,,", "k2,c1,Bo,", []string{
			`contacts.csv:3: the line has 4 values, the header has 5 columns`,
		}},
		{"line number after a line end in quotes", "customers.csv", "c2,d1,Green AS,,EUR", "c2,d1,,,EUR", []string{
			`customers.csv:4: name: a value is required here`,
		}},
		{"quote inside", "contacts.csv", "Bo", `B"o`, []string{
			`contacts.csv:3: there is a " inside a value that does not begin with one; ` +
				"put the whole value in quotes and double the quotes inside",
		}},
		{
			"quote not closed", "contacts.csv", "Bo", `"Bo`,
			[]string{`contacts.csv:3: a " is opened here and never closed`},
		},
		{"text after a quote", "contacts.csv", "Bo", `"Bo" the second`, []string{
			`contacts.csv:3: something follows a closing "; double the quotes inside a value`,
		}},
		{"empty file", "document_buyers.csv", small(t)["document_buyers.csv"], "", []string{
			`document_buyers.csv:1: the file is empty; the first line names the columns ` +
				`document_kind,document_id,name,address,tax_id`,
		}},
		{
			"date", "invoices.csv", "2026-01-31", "2026-02-30",
			[]string{`invoices.csv:2: due_on: "2026-02-30" is not a date like 2026-01-31`},
		},
		{
			"year 0", "invoices.csv", "2026-01-31", "0000-01-31",
			[]string{`invoices.csv:2: due_on: "0000-01-31" is not a date like 2026-01-31`},
		},
		{"time", "terms_acceptances.csv", "2025-01-01T12:00:00Z", "2025-01-01 12:00", []string{
			`terms_acceptances.csv:2: accepted_at: "2025-01-01 12:00" is not a time like 2026-01-31T12:00:00Z`,
		}},
		{"decimal", "invoice_lines.csv", "2,10.00,20.00", "2,10.00,20e1", []string{
			`invoice_lines.csv:2: amount: "20e1" is not a plain decimal number like 12.50`,
		}},
		{
			"boolean", "service_users.csv", "true", "TRUE",
			[]string{`service_users.csv:2: account_wide: "TRUE" is neither true nor false`},
		},
		{
			"currency", "plans.csv", "EUR", "EU",
			[]string{`plans.csv:2: currency: "EU" is not an ISO 4217 currency code like EUR`},
		},
		{
			"colour", "brands.csv", "#1f3a5f", "blue",
			[]string{`brands.csv:2: primary_color: "blue" is not a colour like #1f3a5f`},
		},
		{"value that is not allowed", "refunds.csv", "succeeded", "done", []string{
			`refunds.csv:2: status: "done" is not allowed here; allowed are processing, succeeded, failed`,
		}},
		{"NUL byte", "contacts.csv", "Bo", "B\x00o", []string{`contacts.csv:3: name: the value contains a NUL byte`}},
		{
			"invalid UTF-8", "contacts.csv", "Bo", "B\xffo",
			[]string{`contacts.csv:3: name: the value is not valid UTF-8`},
		},
		{"empty id", "contacts.csv", "k2,", ",", []string{`contacts.csv:3: id: a value is required here`}},
		{
			"long id", "contacts.csv", "k2", strings.Repeat("k", 201),
			[]string{`contacts.csv:3: id: the value has 201 bytes, at most 200 are allowed`},
		},
		{"long name", "contacts.csv", "Bo", strings.Repeat("o", 201), []string{
			`contacts.csv:3: name: "oooooooooooooooooooooooooooooooooooooooo…" has 201 characters; ` +
				`at most 200 are allowed. Shorten it.`,
		}},
		{"name that turns around", "contacts.csv", "Bo", "Bo\u202e", []string{
			`contacts.csv:3: name: "Bo\u202e" contains an invisible character that changes the direction ` +
				`of text (U+202E). Remove it.`,
		}},
		{
			"required reference", "contacts.csv", "k2,c1", "k2,",
			[]string{`contacts.csv:3: customer_id: a value is required here`},
		},
		{"end before start", "subscriptions.csv", "2025-05-31", "2023-05-31", []string{
			`subscriptions.csv:5: end_on: 2023-05-31 is before start_on, which is 2024-01-01`,
		}},
		{
			"negative payment", "payments.csv", ",5.00", ",-5.00",
			[]string{`payments.csv:4: amount: "-5.00" is less than 0`},
		},
		{
			"empty allocation", "credit_allocations.csv", "2.50", "0",
			[]string{`credit_allocations.csv:2: amount: "0" is not more than 0`},
		},
		{"allocation to two", "credit_allocations.csv", "i1,,", "i1,e1,", []string{
			`credit_allocations.csv:2: invoice_id: exactly one of invoice_id and debit_memo_id must be filled`,
		}},
		{"rate of a currency to itself", "exchange_rates.csv", "EUR,JPY", "EUR,EUR", []string{
			`exchange_rates.csv:2: to_currency: from_currency and to_currency are the same`,
		}},
		{"source without kind", "journal_entries.csv", "invoice,i1", ",i1", []string{
			`journal_entries.csv:2: source_id: source_kind and source_id are either both filled or both empty`,
		}},
		{"amount finer than its currency on the line", "payments.csv", "1500,JPY", "1500.5,JPY", []string{
			`payments.csv:3: amount: "1500.5" has more than the 0 decimals that JPY has`,
		}},
	})
}

func TestMistakesBetweenLines(t *testing.T) {
	checkMistakes(t, []mistake{
		{"id twice", "contacts.csv", "k2", "k1", []string{`contacts.csv:3: id: the id "k1" is in line 2 already`}},
		{"dangling reference", "contacts.csv", "k2,c1", "k2,c9", []string{
			`contacts.csv:3: customer_id: there is no customer with the id or number "c9"`,
		}},
		{"our number of what is only now born", "contacts.csv", "k2,c1", "k2,C-000001", []string{
			`contacts.csv:3: customer_id: there is no customer with the id or number "C-000001"`,
		}},
		{"dangling source", "journal_entries.csv", "refund,f1", "refund,i1", []string{
			`journal_entries.csv:3: source_id: there is no document with the id or number "i1"`,
		}},
		{
			"own parent", "customers.csv", "true,c1", "true,c2",
			[]string{`customers.csv:4: parent_customer_id: the customer refers to itself`},
		},
		{"parent of another distributor", "customers.csv", "true,c1", "true,c3", []string{
			`customers.csv:4: parent_customer_id: the parent c3 belongs to Kobe Reseller, ` +
				`this account to Fjord Cloud; a parent must have the same distributor, ` +
				`so correct the parent or leave it empty`,
		}},
		{
			"own successor", "account_successors.csv", "c5,c1", "c5,c5",
			[]string{`account_successors.csv:2: successor_customer_id: the customer refers to itself`},
		},
		{"own continuation", "subscription_continuations.csv", "s4,s5", "s4,s4", []string{
			`subscription_continuations.csv:2: continuation_id: the subscription refers to itself`,
		}},
		{"second provider", "distributors.csv", "d3,d2", "d3,", []string{
			`distributors.csv:4: parent_id: exactly one distributor has no parent: the provider, which is Fjord Cloud`,
		}},
		{
			"currency of a document", "invoices.csv", "c1,2026-01-01,2026-01-31,EUR",
			"c1,2026-01-01,2026-01-31,USD",
			[]string{
				`invoices.csv:2: currency: the document is in USD, but its customer's currency is EUR`,
			},
		},
		{"status without successor", "customers.csv", "suspended", "merged", []string{
			`customers.csv:4: status: the status merged needs a line of this kind in account_successors.csv`,
		}},
		{"successor without status", "account_successors.csv", "c5,c1,merged", "c2,c1,merged", []string{
			`customers.csv:7: status: the status merged needs a line of this kind in account_successors.csv`,
			`account_successors.csv:2: kind: the status of the customer is suspended, not merged`,
		}},
		{"successor of another kind", "account_successors.csv", "c5,c1,merged", "c5,c1,distributor", []string{
			`account_successors.csv:2: kind: the status of the customer is merged, not transferred_out`,
		}},
		{
			"two continue one", "subscription_continuations.csv", "s4,s5,2025-06-01",
			"s4,s5,2025-06-01\ns6,s5,2025-06-01",
			[]string{
				`subscription_continuations.csv:3: continuation_id: it continues another subscription already`,
			},
		},
		{"key twice", "service_user_subscriptions.csv", "u1,s2", "u1,s1", []string{
			`service_user_subscriptions.csv:3: service_user_id: line 2 has the same service_user_id, subscription_id`,
		}},
		{
			"buyer twice", "document_buyers.csv", "invoice,i5,Old AS,,NO 5",
			"invoice,i5,Old AS,,NO 5\ninvoice,i5,A,,",
			[]string{
				`document_buyers.csv:3: document_kind: line 2 has the same document_kind, document_id`,
			},
		},
		{"periods overlap", "financial_periods.csv", "2026-01-01,2026-01-31", "2025-12-31,2026-01-31", []string{
			`financial_periods.csv:3: start_on: the period overlaps the one ` +
				`from 2025-12-01 to 2025-12-31 of the same distributor`,
		}},
		{"foreign source", "journal_entries.csv", "d1,c1,2026-01-12", "d1,c2,2026-01-12", []string{
			`journal_entries.csv:3: customer_id: the document that the entry was posted from belongs to c1`,
		}},
		{"unbalanced", "journal_lines.csv", "1000 Bank,0.00,1.50", "1000 Bank,0.00,1.40", []string{
			`journal_lines.csv:4: debit: the entry does not balance in EUR: its debits are 1.50, its credits 1.40`,
		}},
		{"several at once", "contacts.csv", "k2,c1,Bo,,\n", "k2,c9,,,\nk1,c1,A,,\nk3,c9,B,,\n", []string{
			`contacts.csv:3: name: a value is required here`,
			`contacts.csv:3: customer_id: there is no customer with the id or number "c9"`,
			`contacts.csv:4: id: the id "k1" is in line 2 already`,
			`contacts.csv:5: customer_id: there is no customer with the id or number "c9"`,
		}},
	})
}

// circle is the sentence for a chain of references that ends where it began.
func circle(at, ids string) string {
	return at + ": the chain that begins here leads back to itself: " + ids
}

func TestMistakesOfTheWhole(t *testing.T) {
	checkMistakes(t, []mistake{
		{"plans in a circle", "plans.csv", "p1,d1,,", "p1,d1,p3,", []string{
			circle("plans.csv:2: delegated_from", "p1, p3, p2, p1"),
			circle("plans.csv:3: delegated_from", "p2, p1, p3, p2"),
			circle("plans.csv:4: delegated_from", "p3, p2, p1, p3"),
		}},
		{"subscriptions in a circle", "subscriptions.csv", "s1,c1,p1,,", "s1,c1,p1,s2,", []string{
			circle("subscriptions.csv:2: parent_subscription_id", "s1, s2, s1"),
			circle("subscriptions.csv:3: parent_subscription_id", "s2, s1, s2"),
		}},
		{"no provider", "distributors.csv", "d1,,", "d1,d3,", []string{
			`distributors.csv:2: parent_id: the chain that begins here leads back to itself: d1, d3, d2, d1`,
			`distributors.csv:3: parent_id: the chain that begins here leads back to itself: d2, d1, d3, d2`,
			`distributors.csv:4: parent_id: the chain that begins here leads back to itself: d3, d2, d1, d3`,
		}},
		{"accounts in a circle", "customers.csv", "CRM-1,false,,", "CRM-1,false,c2,", []string{
			circle("customers.csv:2: parent_customer_id", "c1, c2, c1"),
			circle("customers.csv:4: parent_customer_id", "c2, c1, c2"),
		}},
		{
			"accounts in a longer circle", "customers.csv", "CRM-1,false,,active,2024-01-01\n",
			"CRM-1,false,c8,active,2024-01-01\nc7,d1,A,,EUR,,,,,false,c2,active,2024-01-01\n" +
				"c8,d1,B,,EUR,,,,,true,c7,closed,2024-01-01\n",
			[]string{
				circle("customers.csv:2: parent_customer_id", "c1, c8, c7, c2, c1"),
				circle("customers.csv:4: parent_customer_id", "c7, c2, c1, c8, c7"),
				circle("customers.csv:5: parent_customer_id", "c8, c7, c2, c1, c8"),
				circle("customers.csv:6: parent_customer_id", "c2, c1, c8, c7, c2"),
			},
		},
		{"payment used up", "payments.csv", "15.00", "12.50", []string{
			`payment_allocations.csv:4: amount: 13.00 are allocated to or from the payment y1, which has 12.50`,
		}},
		{"invoice used up", "credit_allocations.csv", "n1,i1,,2.50\n", "n1,i1,,2.50\nn1,i4,,0.10\n", []string{
			`credit_allocations.csv:3: amount: 0.10 are allocated to or from the invoice INV-4, which has 0`,
		}},
		{"memo used up", "credit_allocations.csv", "2.50", "3.50", []string{
			`credit_allocations.csv:2: amount: 3.50 are allocated to or from the credit memo CM-1, which has 3.00`,
		}},
		{"amount finer than its currency", "invoice_lines.csv", "10.00,20.00", "10.00,20.001", []string{
			`invoice_lines.csv:2: amount: 20.001 has more than the 2 decimals that EUR has`,
		}},
		{"usage finer than its currency", "usage_records.csv", "0.001", "0.0001", []string{
			`usage_records.csv:4: amount: 0.0001 has more than the 3 decimals that KWD has`,
		}},
	})
}

func TestMoreThanAThousandErrors(t *testing.T) {
	t.Parallel()
	d := small(t)
	d["contacts.csv"] += strings.Repeat(",,,,\n", 1200)
	report, lines := try(t, testdb.New(t), d)
	if len(lines) != exchange.MaxErrors || !report.More {
		t.Errorf("%d errors, more: %t", len(lines), report.More)
	}
}

func TestUnknownFilesAndLimits(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	if _, got := try(t, pool, data{
		"brands.csv": "id,name,primary_color\n", "Customer.CSV": "",
		"notes.txt": "x",
	}); len(got) != 1 ||
		got[0] != "Customer.CSV: there is no such file in the format; see the documentation for the names" {
		t.Errorf("got %q", got)
	}
	if _, err := exchange.Import(t.Context(), pool, data{"notes.txt": ""}.fs(), exchange.Options{}); !fault.Is(err,
		fault.Invalid) {
		t.Errorf("no CSV file: %v", err)
	}
	if _, err := exchange.Import(t.Context(), pool, small(t).fs(), exchange.Options{MaxBytes: 5000}); !fault.Is(err,
		fault.TooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if _, err := exchange.Import(t.Context(), pool, small(t).fs(), exchange.Options{MaxBytes: 10_000}); err != nil {
		t.Errorf("within the limit: %v", err)
	}
}
