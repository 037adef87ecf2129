package billing_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func TestShownProposalHasSixSignificantDecimals(t *testing.T) {
	t.Parallel()
	for rate, want := range map[string]string{
		"189.1978": "189.1978", "189.1978231234": "189.197823", "1.0842": "1.0842", "0.8764912345": "0.876491",
		"0.0052854724": "0.00528547",
		"0.0000000001": "0.0000000001", "0.0499999996": "0.05", "12": "12", "0.9999999": "1",
	} {
		p := billing.Proposal{Rate: decimal.RequireFromString(rate)}
		if got := p.Shown(); got.String() != want {
			t.Errorf("%s is shown as %s, want %s", rate, got, want)
		}
		if !p.Proposes(p.Shown()) || !p.Proposes(p.Rate) || p.Proposes(p.Rate.Add(decimal.New(1, -3))) {
			t.Errorf("%s is not known as the proposal, or another rate is", rate)
		}
	}
}

func TestDeviationOfRates(t *testing.T) {
	t.Parallel()
	cases := []struct {
		rate, base, words string
		beyond            [2]bool // 2 %, 20 %
	}{
		{"190", "189.1978", "0.42 % above", [2]bool{false, false}},
		{"195", "189.1978", "3.07 % above", [2]bool{true, false}},
		{"1.89", "189.1978", "99 % below", [2]bool{true, true}},
		{"8.7649", "0.87649", "900 % above", [2]bool{true, true}},
		{"102", "100", "2 % above", [2]bool{false, false}},
		{"102.0000000001", "100", "2 % above", [2]bool{true, false}},
		{"80", "100", "20 % below", [2]bool{true, false}},
		{"79.9999999999", "100", "20 % below", [2]bool{true, true}},
	}
	for _, c := range cases {
		rate, base := decimal.RequireFromString(c.rate), decimal.RequireFromString(c.base)
		if got := billing.DeviationWords(billing.Deviation(rate, base)); got != c.words {
			t.Errorf("%s against %s is %s, want %s", c.rate, c.base, got, c.words)
		}
		if got := [2]bool{
			billing.Beyond(rate, base, 2),
			billing.Beyond(rate, base, billing.ImplausiblePercent),
		}; got != c.beyond {
			t.Errorf("%s against %s: beyond 2 %% and 20 %%: %v, want %v", c.rate, c.base, got, c.beyond)
		}
	}
}

func TestRateThatJumpsNeedsReason(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	insertRates(t, pool, []rateRow{
		{"2026-01-05", "EUR", "GBP", "0.87649", "ECB"},
		{"2026-01-05", "EUR", "USD", "1.0842", "ECB"},
		{"2026-01-02", "EUR", "USD", "2", "ECB"},
	})
	cases := []struct {
		name string
		rate billing.NewRate
		want string // of the error, "" = taken
	}{
		{
			"ten times",
			billing.NewRate{On: "2026-01-06", From: "EUR", To: "GBP", Rate: "8.7649"},
			"reason: 1 EUR = 8.7649 GBP of 6 Jan 2026 is 900 % above the last rate of the pair, 0.87649 of 5 " +
				"Jan 2026, ECB. Correct the rate, or explain why it is right.",
		},
		{"the inverse under the pair's name", billing.NewRate{
			On: "2026-01-06", From: "EUR", To: "GBP",
			Rate: "1.1409",
		}, "30.17 % above"},
		{
			"the other direction",
			billing.NewRate{On: "2026-01-06", From: "GBP", To: "EUR", Rate: "0.87649"},
			"23.18 % below the last rate of the pair, 1.1409143287",
		},
		{"the other direction, right", billing.NewRate{On: "2026-01-06", From: "GBP", To: "EUR", Rate: "1.141"}, ""},
		{"another source of the same day", billing.NewRate{
			On: "2026-01-05", From: "EUR", To: "USD", Rate: "1.4",
			Source: "Treasury",
		}, "29.13 % above"},
		{"exactly a fifth more", billing.NewRate{On: "2026-01-06", From: "EUR", To: "USD", Rate: "1.30104"}, ""},
		{"before all others of its pair", billing.NewRate{On: "2025-01-05", From: "EUR", To: "USD", Rate: "0.5"}, ""},
		{"between two, against the one before", billing.NewRate{
			On: "2026-01-03", From: "EUR", To: "USD",
			Rate: "1.09",
		}, "45.5 % below the last rate of the pair, 2 of 2 Jan 2026"},
		{"a pair without a rate", billing.NewRate{On: "2026-01-06", From: "EUR", To: "JPY", Rate: "1.6"}, ""},
		{"a reason that says nothing", billing.NewRate{
			On: "2026-01-07", From: "EUR", To: "GBP", Rate: "8",
			Reason: " because  ",
		}, `reason: The reason "because" has 7 characters. Write at least 10`},
		{"with a reason", billing.NewRate{
			On: "2026-01-07", From: "EUR", To: "GBP", Rate: "8",
			Reason: " the pound was redenominated ",
		}, ""},
	}
	for _, c := range cases {
		_, err := billing.AddRate(t.Context(), pool, audit.Actor{}, c.rate)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	w := testdb.NewWorld(t, pool)
	if got := w.Text(`select string_agg(rate || ' ' || reason, ',') from exchange_rates where reason <> ''`); got !=
		"8 the pound was redenominated" {
		t.Errorf("rates with a reason: %s", got)
	}
	if got := w.Text(`select after->>'reason' from audit_entries where after ? 'reason'`); got !=
		"the pound was redenominated" {
		t.Errorf("the audit log has the reason %q", got)
	}
}

func TestECBFileThatJumpsNeedsReason(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load := func(file, reason string) error {
		_, err := billing.ImportECB(t.Context(), pool, audit.Actor{}, "rates.csv", []byte(file), reason)
		return err
	}
	if err := load("Date,USD,GBP\n2026-01-06,1.08,0.8765\n2026-01-05,108,0.8764\n", ""); err != nil {
		t.Fatalf("the first load of a pair compares nothing: %v", err)
	}
	err := load("Date,USD,GBP\n2026-01-08,1.08,0.8766\n2026-01-07,1.08,87.65\n", "")
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "1 EUR = 87.65 GBP of 7 Jan 2026, ECB is "+
		"9900 % above the last rate of the pair, 0.8765 of 6 Jan 2026, ECB") ||
		!strings.Contains(err.Error(), "1 EUR = 0.8766 GBP of 8 Jan 2026, ECB is 99 % below") ||
		strings.Contains(err.Error(), "USD") {
		t.Errorf("a jump and the way back: %v", err)
	}
	w := testdb.NewWorld(t, pool)
	if got := w.Text(`select count(*) from exchange_rates`); got != "4" {
		t.Errorf("%s rates are in the table, want the 4 of the first file", got)
	}
	if err := load("Date,GBP\n2026-01-06,0.08765\n", ""); err == nil {
		t.Error("a correction to a tenth was taken without a reason")
	}
	if err := load("Date,GBP\n2026-01-07,1.8\n", "the pound was redenominated"); err != nil {
		t.Error(err)
	}
	if got := w.Text(`select string_agg(rate || ' ' || reason, ',') from exchange_rates where reason <> ''`); got !=
		"1.8 the pound was redenominated" {
		t.Errorf("rates with a reason: %s", got)
	}
	if err := load("Date,GBP\n2026-01-07,1.8\n", ""); err != nil {
		t.Errorf("what is known needs no reason again: %v", err)
	}
}

func TestWithdrawnRateIsProposedNoMore(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	actor := audit.Actor{ID: w.Staff(testdb.Staff{Name: "Ada Holm"}).ID, Name: "Ada Holm"}
	wrong := w.Rate(testdb.Rate{On: "2026-01-06", To: "GBP", Rate: "8.7649"})
	w.Rate(testdb.Rate{On: "2026-01-05", To: "GBP", Rate: "0.87649"})
	w.Rate(testdb.Rate{On: "2026-01-06", To: "JPY", Rate: "165.83"})
	w.Rate(testdb.Rate{On: "2026-01-05", To: "JPY", Rate: "165"})
	proposed := func(from, to string) string {
		t.Helper()
		p, err := billing.ProposeRate(t.Context(), pool, from, to)
		if err != nil {
			return err.Error()
		}
		return p.Rate.String() + " of " + p.On.Format("01-02")
	}
	if got := proposed("EUR", "GBP"); got != "8.7649 of 01-06" {
		t.Fatalf("proposed before: %s", got)
	}
	if _, err := billing.WithdrawRate(t.Context(), pool, actor, wrong.ID, "typo"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason of 4 characters: %v", err)
	}
	if _, err := billing.WithdrawRate(t.Context(), pool, actor, 999, "a mistyped rate"); !fault.Is(err,
		fault.NotFound) {
		t.Errorf("a rate that there is not: %v", err)
	}
	r, err := billing.WithdrawRate(t.Context(), pool, actor, wrong.ID, " a mistyped rate ")
	if err != nil || r.WithdrawnAt == nil || r.WithdrawnBy != "Ada Holm" || r.WithdrawnReason != "a mistyped rate" {
		t.Fatalf("withdrawn as %+v: %v", r, err)
	}
	for pair, want := range map[[2]string]string{
		{"EUR", "GBP"}: "0.87649 of 01-05", {"GBP", "EUR"}: "1.1409143287 of 01-05",
		{"GBP", "JPY"}: "188.2508642426 of 01-05",
	} {
		if got := proposed(pair[0], pair[1]); got != want {
			t.Errorf("%v: proposed %s, want %s", pair, got, want)
		}
	}
	if _, err := billing.WithdrawRate(t.Context(), pool, actor, wrong.ID, "a mistyped rate"); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if got := w.Text(`select actor_name || ' ' || (before->>'rate') || ' ' || (after->>'reason') from audit_entries
		where action = 'rate.withdraw'`); got != "Ada Holm 8.7649 a mistyped rate" {
		t.Errorf("the audit log has %s", got)
	}
	ecb := func(rate string) billing.ECBResult {
		t.Helper()
		got, err := billing.ImportECB(t.Context(), pool, actor, "rates.csv",
			[]byte("Date,GBP\n2026-01-06,"+rate+"\n"), "")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ecb("8.7649"); got.Unchanged != 1 || proposed("EUR", "GBP") != "0.87649 of 01-05" {
		t.Errorf("the file that brought it revived it: %+v, proposed %s", got, proposed("EUR", "GBP"))
	}
	if got := ecb("0.8765"); got.Added != 1 || proposed("EUR", "GBP") != "0.8765 of 01-06" {
		t.Errorf("the corrected file: %+v, proposed %s", got, proposed("EUR", "GBP"))
	}
	if got := ecb("8.7649"); got.Unchanged != 1 || proposed("EUR", "GBP") != "0.8765 of 01-06" {
		t.Errorf("the old file over the correction: %+v, proposed %s", got, proposed("EUR", "GBP"))
	}
}
