package page

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handover/internal/money"
)

// FuzzForm reads what anybody may send as every kind of field: what comes out keeps to
// the field's rule, or is noted as wrong.
func FuzzForm(f *testing.F) {
	for _, body := range []string{
		"v=Blue+Fjord+AS", "v=25", "v=-1", "v=9223372036854775808", "v=2026-02-30", "v=0000-01-01", "v=12.50",
		"v=1%2C5", "v=merge",
		"v=%00%ff", "v=", "v=a&v=+&v=b", "v=%", ";", "v=%E2%80%AE", "v=on", "v=%EF%BC%91",
	} {
		f.Add(body, "EUR")
	}
	f.Add("v=1.5", "JPY")
	f.Fuzz(func(t *testing.T, body, currency string) {
		values, _ := url.ParseQuery(body) // what could be read, as net/http does it
		read := func(use func(*Form)) (wrong int) {
			form := &Form{values: values}
			use(form)
			if len(form.Errors()) != len(form.fields) || (form.Err() == nil) != (len(form.fields) == 0) {
				t.Errorf("%q: the errors are %v and %v", body, form.Errors(), form.Err())
			}
			for _, e := range form.Errors() {
				if e.Name != "v" || e.Message == "" || e.Message[0] >= 'a' && e.Message[0] <= 'z' {
					t.Errorf("%q: field %q is wrong: %q", body, e.Name, e.Message)
				}
			}
			return len(form.fields)
		}
		fine := func(text string) bool {
			return utf8.ValidString(text) && !strings.ContainsRune(text, 0) && strings.TrimSpace(text) == text
		}
		read(func(f *Form) {
			text := f.Text("v")
			if !fine(text) || slices.ContainsFunc(f.Texts("v"), func(s string) bool { return s == "" || !fine(s) }) {
				t.Errorf("%q was read as %q and %q", body, text, f.Texts("v"))
			}
		})
		if wrong := read(func(f *Form) {
			f.Required("v", "Fill it.")
		}); (wrong == 0) != (Clean(values.Get("v")) != "") {
			t.Errorf("%q: a required field has %d mistakes", body, wrong)
		}
		read(func(f *Form) {
			if one := f.OneOf("v", "merge", "split"); one != "" && one != "merge" && one != "split" {
				t.Errorf("%q was read as the choice %q", body, one)
			}
		})
		read(func(f *Form) {
			if n := f.Int("v", 50, 1, 200); n < 1 || n > 200 {
				t.Errorf("%q was read as %d", body, n)
			}
		})
		if wrong := read(func(f *Form) {
			if id := f.ID("v"); id < 0 || id == 0 && len(f.fields) == 0 && f.Text("v") != "" {
				t.Errorf("%q was read as the id %d", body, id)
			}
		}); wrong > 1 {
			t.Errorf("%q: an id has %d mistakes", body, wrong)
		}
		read(func(f *Form) {
			if on := f.Date("v"); on != nil && (on.Format(time.DateOnly) != f.Text("v") || on.Year() < 1) {
				t.Errorf("%q was read as the day %s", body, on)
			}
		})
		read(func(f *Form) {
			if v, ok := f.Amount("v", currency); ok && !v.Equal(money.Round(v, currency)) {
				t.Errorf("%q was read as %s %s", body, v, currency)
			}
		})
		read(func(f *Form) {
			if v, ok := f.Rate("v"); ok == (len(f.fields) > 0) || ok && !v.IsPositive() {
				t.Errorf("%q was read as the rate %s", body, v)
			}
		})
		read(func(f *Form) { f.Secret("v", "Fill it."); f.Bool("v") })
	})
}
