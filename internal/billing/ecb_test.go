package billing_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/testdb"
)

var readingDay = time.Date(2026, 3, 22, 0, 0, 0, 0, time.UTC)

func ecbFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func zipped(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestReadECBInEveryForm(t *testing.T) {
	t.Parallel()
	daily := []string{
		"2026-03-20 USD 1.1001", "2026-03-20 JPY 160.05", "2026-03-20 GBP 0.85005",
		"2026-03-20 NOK 11.7015",
	}
	table := []string{
		"2026-03-20 USD 1.1001", "2026-03-20 JPY 160.05", "2026-03-19 USD 1.0987", "2026-03-19 JPY 159.4",
		"2007-12-31 USD 1.4", "2007-12-31 JPY 164.9", "2007-12-31 CYP 0.5852",
	}
	cases := []struct {
		name    string
		data    []byte
		want    []string
		skipped []string
	}{
		{"daily XML", ecbFile(t, "eurofxref-daily.xml"), daily, nil},
		{"daily CSV", ecbFile(t, "eurofxref.csv"), daily, nil},
		{"daily zip", zipped(t, map[string][]byte{"eurofxref.csv": ecbFile(t, "eurofxref.csv")}), daily, nil},
		{"history CSV", ecbFile(t, "eurofxref-hist.csv"), table, []string{"ZZZ"}},
		{
			"history zip", zipped(t, map[string][]byte{"h.csv": ecbFile(t, "eurofxref-hist.csv")}), table,
			[]string{"ZZZ"},
		},
		{"history XML", ecbFile(t, "eurofxref-hist.xml"), []string{
			"2026-03-20 USD 1.1001", "2026-03-20 JPY 160.05", "2026-03-19 USD 1.0987", "2026-03-19 JPY 159.4",
			"2026-03-18 USD 1.095",
		}, []string{"ZZZ"}},
		{
			"byte order mark and Windows line ends", []byte("\ufeffDate,USD\r\n2026-03-20,1.5\r\n"),
			[]string{"2026-03-20 USD 1.5"},
			nil,
		},
		{
			"the same rate twice", []byte("Date,USD\n2026-03-20,1.5\n2026-03-20,1.50\n"),
			[]string{"2026-03-20 USD 1.5"},
			nil,
		},
		{
			"the euro itself and a code in small letters", []byte("Date,EUR,usd,GBP\n2026-03-20,1,1.5,0.9\n"),
			[]string{"2026-03-20 GBP 0.9"},
			[]string{"EUR", "usd"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, err := billing.ReadECB(c.data, readingDay)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range file.Rates {
				got = append(got, fmt.Sprintf("%s %s %s", r.On.Format(time.DateOnly), r.Currency, money.Plain(r.Rate)))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.skipped, file.Skipped); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadECBNamesEveryWrongPlace(t *testing.T) {
	t.Parallel()
	daily := string(ecbFile(t, "eurofxref-daily.xml"))
	cases := []struct {
		name string
		data string
		want []string // parts of the sentences, in order
	}{
		{"nothing", "  \n", []string{"The file is empty"}},
		{"a NUL byte", "Date,USD\n2026-03-20,1\x00.5\n", []string{"Line 2 has a NUL byte"}},
		{"no UTF-8", "Date,USD\n2026-03-20,\xff\n", []string{"not UTF-8"}},
		{"another text", "Dear Sir or Madam,\n", []string{"Line 1: a rate file starts with"}},
		{"a web page", "<html><body>Not found</body></html>", []string{"Line 1: this XML starts with <html>"}},
		{"XML cut off", daily[:400], []string{"not well-formed XML (unexpected EOF)"}},
		{
			"XML with a broken tag", strings.Replace(daily, "</Cube>\n\t</Cube>", "</Cub>\n\t</Cube>", 1),
			[]string{"Line 12: this is not well-formed XML"},
		},
		{"an envelope without rates", "<Envelope><Cube/></Envelope>", []string{"The file has no rates"}},
		{"only a head", "Date,USD\n", []string{"The file has no rates"}},
		{
			"no number", strings.Replace(daily, "160.05", "160,05", 1),
			[]string{`Line 10: rate of JPY: "160,05" has a comma`},
		},
		{"two mistakes", strings.NewReplacer("1.1001", "-1", "0.85005", "0").Replace(daily), []string{
			`Line 9: rate of USD: "-1" is negative`, `Line 11: rate of GBP: "0" is not greater than 0`,
		}},
		{
			"too many decimals", strings.Replace(daily, "160.05", "0.12345678901", 1),
			[]string{"Line 10: rate of JPY: \"0.12345678901\" has 11 decimals"},
		},
		{"no date, and a wrong rate under it", strings.NewReplacer("2026-03-20", "20.03.2026", "1.1001",
			"x").Replace(daily), []string{
			`Line 8: "20.03.2026" is not a date like 2026-03-22`, `Line 9: rate of USD: "x"`,
		}},
		{
			"a day that is none", strings.Replace(daily, "2026-03-20", "2026-02-30", 1),
			[]string{`Line 8: "2026-02-30" is not a date`},
		},
		{
			"the year 0", strings.Replace(daily, "2026-03-20", "0000-03-20", 1),
			[]string{`Line 8: "0000-03-20" is not a date`},
		},
		{
			"tomorrow", strings.Replace(daily, "2026-03-20", "2026-03-23", 1),
			[]string{`Line 8: "2026-03-23" is in the future`},
		},
		{
			"a rate under no date", "<Envelope><Cube><Cube currency='USD' rate='1'/></Cube></Envelope>",
			[]string{"Line 1: the rate of USD has no date"},
		},
		{
			"a currency without rate", strings.Replace(daily, "rate='1.1001'", "", 1),
			[]string{"Line 9: USD has no rate"},
		},
		{
			"a rate without currency", strings.Replace(daily, "currency='USD'", "", 1),
			[]string{`Line 9: the rate "1.1001" has no currency`},
		},
		{
			"two values for one", "Date,USD\n2026-03-20,1.5\n2026-03-20,1.6\n",
			[]string{"Line 3: USD of 2026-03-20 is 1.6 here and 1.5 in an earlier line"},
		},
		{"a value beside the columns", "Date,USD\n2026-03-20,1.5,2\n", []string{`Line 2: "2" is in column 3`}},
		{"an open quote", "Date,USD\n2026-03-20,\"1.5\n", []string{"Line 2: this is not well-formed CSV"}},
		{"a zip of nothing", string(zipped(t, nil)), []string{"The zip holds 0 files"}},
		{
			"a zip of two", string(zipped(t, map[string][]byte{"a.csv": nil, "b.csv": nil})),
			[]string{"The zip holds 2 files"},
		},
		{"a broken zip", "PK\x03\x04 and no more", []string{"The zip file cannot be read"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, err := billing.ReadECB([]byte(c.data), readingDay)
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || e.Code != fault.Invalid {
				t.Fatalf("got %v, %v, want an Invalid fault", file, err)
			}
			if len(e.Fields) != len(c.want) {
				t.Errorf("got %d mistakes, want %d: %v", len(e.Fields), len(c.want), e)
			}
			for i, f := range e.Fields {
				if f.Name != "file" || i < len(c.want) && !strings.Contains(f.Message, c.want[i]) {
					t.Errorf("mistake %d is %q, want %q", i+1, f.Message, c.want[min(i, len(c.want)-1)])
				}
			}
		})
	}
}

func TestReadECBStopsCountingMistakes(t *testing.T) {
	t.Parallel()
	_, err := billing.ReadECB([]byte("Date,USD\n"+strings.Repeat("x,1\n", 1000)), readingDay)
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) != 101 || !strings.Contains(e.Fields[100].Message, "There are more mistakes") {
		t.Errorf("got %d mistakes, want 100 and the sentence that there are more", len(e.Fields))
	}
}

func TestReadECBRefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("1"), billing.ECBLimit+1)
	for name, data := range map[string][]byte{
		"plain":    large,
		"unpacked": zipped(t, map[string][]byte{"bomb.csv": large}),
	} {
		if _, err := billing.ReadECB(data, readingDay); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: got %v, want a TooLarge fault", name, err)
		}
	}
}

func TestImportECB(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	actor := audit.Actor{ID: w.Staff(testdb.Staff{Name: "Ada Holm"}).ID, Name: "Ada Holm", DistributorID: w.Provider.ID}
	w.Rate(testdb.Rate{On: "2026-03-20", To: "USD", Rate: "1.11", Source: "Treasury"})
	load := func(data []byte) billing.ECBResult {
		t.Helper()
		got, err := billing.ImportECB(t.Context(), pool, actor, "rates.xml", data, "the euro fell since 2007")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	daily := ecbFile(t, "eurofxref-daily.xml")
	if got := load(daily); got.Added != 4 || got.Changed != 0 || got.Unchanged != 0 {
		t.Errorf("the first import did %+v", got)
	}
	rows := w.Text(`select string_agg(id || ' ' || rate, ',' order by id) from exchange_rates`)
	if got := load(daily); got.Added != 0 || got.Changed != 0 || got.Unchanged != 4 {
		t.Errorf("the second import did %+v", got)
	}
	if again := w.Text(`select string_agg(id || ' ' || rate, ',' order by id) from exchange_rates`); again != rows {
		t.Errorf("importing again changed %s to %s", rows, again)
	}
	if got := load(bytes.Replace(daily, []byte("1.1001"), []byte("1.2"), 1)); got.Changed != 1 || got.Unchanged != 3 {
		t.Errorf("the corrected file did %+v", got)
	}
	got := load(ecbFile(t, "eurofxref-hist.csv"))
	if got.Added != 5 || got.Changed != 1 || got.Unchanged != 1 || !slices.Equal(got.Skipped, []string{"ZZZ"}) ||
		got.From.Format(time.DateOnly) != "2007-12-31" || got.To.Format(time.DateOnly) != "2026-03-20" {
		t.Errorf("the history did %+v", got)
	}
	if got := w.Text(`select string_agg(source || ' ' || rate, ',' order by source) from exchange_rates
		where to_currency = 'USD' and on_date = '2026-03-20'`); got != "ECB 1.1001,Treasury 1.11" {
		t.Errorf("rates of 20 March are %s", got)
	}
	if got := w.Text(`select count(*) || ' ' || max(after->>'added') from audit_entries where action = 'rates.import'
		and actor_name = 'Ada Holm'`); got != "4 5" {
		t.Errorf("audit entries: %s", got)
	}
	want := `{"rates": {"2026-03-20 USD": "1.1001"}} {"2026-03-20 USD": "1.2"}`
	if got := w.Text(`select before::text || ' ' || (after->'rates')::text from audit_entries
		where action = 'rates.import' order by id offset 2 limit 1`); got != want {
		t.Errorf("the audit entry of the correction says %s, want %s", got, want)
	}
}

func TestImportECBWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	_, err := billing.ImportECB(t.Context(), pool, audit.Actor{}, "x.csv",
		[]byte("Date,USD\n2026-03-20,1.5\n2026-03-19,x\n"), "")
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want an Invalid fault", err)
	}
	if got := w.Text(`select (select count(*) from exchange_rates) + (select count(*) from audit_entries)`); got !=
		"0" {
		t.Errorf("%s rows were written", got)
	}
}
