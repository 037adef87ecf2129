package page

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/fault"
	"handover/views/ui"
)

func TestFormReadsFields(t *testing.T) {
	t.Parallel()
	f := &Form{values: url.Values{
		"name": {"  Blue Fjord AS "}, "secret": {" x "}, "yes": {"true"}, "kind": {"merge"}, "size": {"25"},
		"id": {"12"},
		"on": {"2026-01-02"}, "amount": {"12.50"}, "rate": {"1.0842"}, "many": {"a", " ", "b"}, "odd": {"a\x00b\xff "},
	}}
	amount, hasAmount := f.Amount("amount", "EUR")
	_, hasNone := f.Amount("none", "EUR")
	rate, hasRate := f.Rate("rate")
	got := []any{
		f.Text("name"), f.Required("name", "?"), f.Secret("secret", "?"), f.Bool("yes"), f.Bool("no"),
		f.OneOf("kind", "merge"), f.OneOf("none", "a"),
		f.Int("size", 50, 1, 100), f.Int("none", 50, 1, 100), f.ID("id"), f.ID("none"),
		f.Date("on").Format("2006-01-02"), f.Date("none") == nil,
		amount.String(), hasAmount, hasNone, rate.String(), hasRate, len(f.Texts("many")), f.Text("odd"),
	}
	want := []any{
		"Blue Fjord AS", "Blue Fjord AS", " x ", true, false, "merge", "", 25, 50, int64(12), int64(0),
		"2026-01-02", true,
		"12.5", true, false, "1.0842", true, 2, "ab",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f.Err() != nil {
		t.Errorf("wrong: %v", f.Err())
	}
}

func TestFormGathersAllErrors(t *testing.T) {
	t.Parallel()
	f := &Form{values: url.Values{
		"kind": {"steal"}, "size": {"many"}, "big": {"101"}, "id": {"-1"}, "on": {"31.01.2026"}, "amount": {"1.005"},
		"rate": {"1,5"},
	}}
	f.Required("name", "Enter a name.")
	f.OneOf("kind", "merge", "transfer")
	f.Int("size", 50, 1, 100)
	f.Int("big", 50, 1, 100)
	f.ID("id")
	f.Date("on")
	f.Amount("amount", "EUR")
	f.Rate("rate")
	want := ui.Errors{
		{Name: "name", Message: "Enter a name."},
		{Name: "kind", Message: `"steal" is not one of the choices: merge, transfer.`},
		{Name: "size", Message: `"many" is not a whole number between 1 and 100.`},
		{Name: "big", Message: `"101" is not a whole number between 1 and 100.`},
		{Name: "id", Message: `"-1" is not an id.`},
		{Name: "on", Message: `"31.01.2026" is not a date. Write year, month and day, for example 2026-01-31.`},
		{Name: "amount", Message: `"1.005" has more than the 2 decimals that EUR has.`},
		{Name: "rate", Message: `"1,5" has a comma; write the rate with a point, for example 1.5.`},
	}
	if diff := cmp.Diff(want, f.Errors()); diff != "" {
		t.Error(diff)
	}
	if got := fault.CodeOf(f.Err()); got != fault.Invalid {
		t.Errorf("code %s", got)
	}
}

func TestFieldErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want ui.Errors
		ok   bool
	}{
		{
			"fields", fmt.Errorf("add: %w", fault.InvalidField("email", "Taken.")),
			ui.Errors{{Name: "email", Message: "Taken."}},
			true,
		},
		{"a sentence", fault.New(fault.Invalid, "Not like that."), ui.Errors{{Message: "Not like that."}}, true},
		{"another fault", fault.New(fault.Conflict, "Changed."), nil, false},
		{"internal", errors.New("boom"), nil, false},
		{"none", nil, nil, false},
	}
	for _, tt := range tests {
		got, ok := FieldErrors(tt.err)
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s: %v %s", tt.name, ok, diff)
		}
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"/pcp/customers?q=a": "/pcp/customers?q=a", "": "/", "https://evil.example/": "/", "//evil.example": "/",
		"/\\evil.example": "/",
		"pcp":             "/", "/a\r\nSet-Cookie: x": "/", "javascript:alert(1)": "/", "///evil.example": "/",
	} {
		if got := LocalPath(address, "/"); got != want {
			t.Errorf("%q leads to %q", address, got)
		}
	}
}
