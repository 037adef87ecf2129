package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lib/pq"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
)

// Chart is the chart of accounts: per role the accounts that are checked and the one that
// Handover posts to, and whether revenue is recognised in sum (docs/accounting.md).
const Chart Name = "chart"

// ChartAccounts and ChartPostsTo are the keys of a role's fields.
func ChartAccounts(role billing.Role) string { return string(role) + "_accounts" }

// ChartPostsTo is the key of the account that Handover posts to for a role.
func ChartPostsTo(role billing.Role) string { return string(role) + "_posts_to" }

// ChartInSum is the key of the switch for recognition in sum.
const ChartInSum = "recognition_in_sum"

const (
	longestBeginning = 20  // characters of how accounts begin
	longestAccount   = 200 // of an account's name
	mostBeginnings   = 20  // for one role
)

// chart declares the setting.
func chart() Control {
	c := Control{
		Name: Chart, Label: "Chart of accounts", Action: "distributor.chart", tidy: tidyChart, check: checkChart,
		read: readChart, write: writeChart,
		Done: func(distributor string, _ Values) string {
			return fmt.Sprintf(msgChartSaved, distributor)
		},
	}
	for _, r := range billing.Roles() {
		c.Fields = append(c.Fields,
			Field{Key: ChartAccounts(r.Role), Label: r.Label + ": accounts", Text: true},
			Field{Key: ChartPostsTo(r.Role), Label: r.Label + ": posts to", Text: true, none: "the account used most"})
	}
	c.Fields = append(c.Fields, Field{Key: ChartInSum, Label: "Recognition in sum"})
	return c
}

// beginnings reads how the accounts of a role begin: "1000, 1200".
func beginnings(text any) []string {
	s, _ := text.(string)
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

// tidyChart writes the same accounts the same way, so that they can be compared.
func tidyChart(v Values) Values {
	out := Values{ChartInSum: v[ChartInSum] == true}
	for _, r := range billing.Roles() {
		postsTo, _ := v[ChartPostsTo(r.Role)].(string)
		out[ChartAccounts(r.Role)] = strings.Join(beginnings(v[ChartAccounts(r.Role)]), ", ")
		out[ChartPostsTo(r.Role)] = strings.TrimSpace(postsTo)
	}
	return out
}

// checkChart refuses a role without accounts, an account to post to that is not checked, and
// accounts that would be both receivable and deferred revenue.
func checkChart(_ context.Context, _ db.Querier, v Values) error {
	var wrong fault.Fields
	for _, r := range billing.Roles() {
		accounts, key, label := beginnings(v[ChartAccounts(r.Role)]), ChartAccounts(r.Role), strings.ToLower(r.Label)
		switch {
		case len(accounts) == 0:
			wrong.Add(key, msgNameAccounts, label, r.Accounts[0])
		case len(accounts) > mostBeginnings:
			wrong.Add(key, msgTooManyAccounts, len(accounts), label, mostBeginnings)
		}
		for _, a := range accounts {
			if utf8.RuneCountInString(a) > longestBeginning {
				wrong.Add(key, msgAccountPrefixTooLong, a, longestBeginning, r.Accounts[0])
			}
		}
		postsTo, _ := v[ChartPostsTo(r.Role)].(string)
		switch {
		case utf8.RuneCountInString(postsTo) > longestAccount:
			wrong.Add(ChartPostsTo(r.Role), msgAccountTooLong, longestAccount)
		case postsTo != "" && !beginsAsOne(postsTo, accounts):
			wrong.Add(ChartPostsTo(r.Role), msgAccountNotChecked,
				postsTo, label, strings.Join(accounts, " or "))
		}
	}
	both := beginnings(v[ChartAccounts(billing.Receivable)])
	for _, a := range beginnings(v[ChartAccounts(billing.DeferredRevenue)]) {
		if slices.ContainsFunc(both, func(b string) bool {
			return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
		}) {
			wrong.Add(ChartAccounts(billing.DeferredRevenue), msgAccountOfTwoRoles, a)
		}
	}
	return wrong.Err()
}

func beginsAsOne(account string, beginnings []string) bool {
	return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(account, b) })
}

func readChart(ctx context.Context, q db.Querier, distributorID int64) (Values, error) {
	c, err := billing.ChartOf(ctx, q, distributorID)
	v := Values{ChartInSum: c.RecognitionInSum}
	for _, r := range c.Roles {
		v[ChartAccounts(r.Role)], v[ChartPostsTo(r.Role)] = strings.Join(r.Accounts, ", "), r.Said
	}
	return v, err
}

// writeChart keeps the roles that differ from the usual chart.
func writeChart(ctx context.Context, q db.Querier, distributorID int64, v Values) error {
	for _, r := range billing.Roles() {
		accounts, postsTo := beginnings(v[ChartAccounts(r.Role)]), v[ChartPostsTo(r.Role)]
		statement, args := `delete from chart_roles where distributor_id = $1 and role = $2`,
			[]any{distributorID, r.Role}
		if postsTo != "" || !slices.Equal(accounts, r.Accounts) {
			statement = `insert into chart_roles (distributor_id, role, accounts, posts_to) values ($1, $2, $3, $4)
				on conflict (distributor_id, role) do update set accounts = excluded.accounts,
				posts_to = excluded.posts_to`
			args = append(args, pq.Array(accounts), postsTo)
		}
		if _, err := q.ExecContext(ctx, statement, args...); err != nil {
			return fmt.Errorf("save %s of the chart: %w", r.Role, err)
		}
	}
	_, err := q.ExecContext(ctx, `update distributors set recognition_in_sum = $2 where id = $1`, distributorID,
		v[ChartInSum])
	if err != nil {
		return fmt.Errorf("save the chart: %w", err)
	}
	return nil
}
