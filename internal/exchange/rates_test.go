package exchange_test

import (
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

const ratesHeader = "on_date,from_currency,to_currency,rate,source\n"

// rateFile is exchange_rates.csv with these lines.
func rateFile(lines ...string) data {
	return data{"exchange_rates.csv": ratesHeader + strings.Join(lines, "\n") + "\n"}
}

func TestImportedRateThatJumpsNeedsReason(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	testdb.NewWorld(t, pool)
	first := rateFile("2026-01-05,EUR,GBP,0.87649,ECB", "2026-01-06,EUR,GBP,8.7649,ECB")
	load(t, pool, first) // the first load of a pair has nothing to compare with
	wrong := rateFile("2026-01-06,EUR,GBP,8.7649,ECB", "2026-01-07,EUR,GBP,87.649,ECB",
		"2026-01-07,GBP,EUR,0.11409,Treasury", "2026-01-07,EUR,JPY,1,ECB")
	want := "exchange_rates.csv:3: rate: 1 EUR = 87.649 GBP of 7 Jan 2026, ECB is 900 % above the last rate of " +
		"the pair, 8.7649 of 6 Jan 2026, ECB; " +
		"correct it, or import it with a reason: --rate-reason on the command line, Reason for rates on the page Import"
	if _, lines := try(t, pool, wrong); len(lines) != 2 || lines[0] != want ||
		!strings.Contains(lines[1], "exchange_rates.csv:4: rate: 1 GBP = 0.11409 EUR") {
		t.Errorf("got %q", lines)
	}
	if got := value(t, pool, `select count(*) from exchange_rates`); got != "2" {
		t.Errorf("%s rates after a refused file, want 2", got)
	}
	actor := audit.Actor{Name: "Ada Holm"}
	if _, err := exchange.Import(t.Context(), pool, wrong.fs(),
		exchange.Options{RateReason: "because", Actor: actor}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason of 7 characters: %v", err)
	}
	report, err := exchange.Import(t.Context(), pool, wrong.fs(),
		exchange.Options{RateReason: "the pound was redenominated", Actor: actor})
	if err != nil || report.Files[0].Added != 3 {
		t.Fatalf("with a reason: %+v %v", report, err)
	}
	if got := value(t, pool, `select string_agg(rate::text, ',' order by id) from exchange_rates
		where reason = 'the pound was redenominated'`); got != "87.649,0.11409" {
		t.Errorf("the reason is with %s", got)
	}
	if got := value(t, pool, `select jsonb_array_length(after->'rates') || ' ' || (after->>'reason')
		from audit_entries where action = 'rates.import'`); got != "2 the pound was redenominated" {
		t.Errorf("the audit log has %s", got)
	}
	unchanged(t, load(t, pool, wrong)) // what is there needs no reason again
	out := export(t, pool)
	other := testdb.New(t)
	load(t, other, out)
	same(t, export(t, other), out)
}

func TestImportRevivesNoWithdrawnRate(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	testdb.NewWorld(t, pool)
	feed := rateFile("2026-01-05,EUR,GBP,0.87649,ECB", "2026-01-06,EUR,GBP,8.7649,ECB")
	load(t, pool, feed)
	id := value(t, pool, `select id from exchange_rates where rate = 8.7649`)
	if id != "2" {
		t.Fatalf("the wrong rate has the id %s", id)
	}
	if _, err := billing.WithdrawRate(t.Context(), pool, audit.Actor{Name: "Ada Holm"}, 2,
		"a mistyped rate"); err != nil {
		t.Fatal(err)
	}
	proposed := func() string {
		t.Helper()
		p, err := billing.ProposeRate(t.Context(), pool, "EUR", "GBP")
		if err != nil {
			t.Fatal(err)
		}
		return p.Rate.String()
	}
	unchanged(t, load(t, pool, feed))
	if got := proposed(); got != "0.87649" {
		t.Errorf("the feed that brought it revived it: proposed is %s", got)
	}
	out := export(t, pool)
	if want := rateFile("2026-01-05,EUR,GBP,0.87649,ECB")["exchange_rates.csv"]; out["exchange_rates.csv"] != want {
		t.Errorf("exported %q, want %q", out["exchange_rates.csv"], want)
	}
	unchanged(t, load(t, pool, out))
	other := testdb.New(t)
	load(t, other, out)
	same(t, export(t, other), out)

	if report := load(t, pool, rateFile("2026-01-06,EUR,GBP,0.8765,ECB")); report.Files[0].Added != 1 {
		t.Errorf("the corrected rate: %+v", report.Files)
	}
	unchanged(t, load(t, pool, feed))
	if got := proposed(); got != "0.8765" {
		t.Errorf("the old feed over the correction: proposed is %s", got)
	}
	if got := value(t, pool, `select count(*) || ' ' || count(withdrawn_at) from exchange_rates`); got != "3 1" {
		t.Errorf("rates and withdrawn ones: %s", got)
	}
}
