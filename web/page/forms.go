package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/fault"
	"handover/internal/money"
	"handover/views/ui"
)

// Form reads the fields of a request and gathers what is wrong with them.
// Missing optional fields come back empty.
type Form struct {
	values url.Values
	fields fault.Fields
}

// ReadForm returns the fields of a POST; those of the address are not among them.
func (p *Page) ReadForm() *Form {
	r := p.Request()
	if err := r.ParseForm(); err != nil {
		f := &Form{values: url.Values{}}
		f.fields.Add("", msgFormCouldNotRead)
		return f
	}
	return &Form{values: r.PostForm}
}

// ReadQuery returns the parameters of the address, for pages that only read.
func (p *Page) ReadQuery() *Form { return &Form{values: p.QueryParams()} }

// Errors returns what is wrong so far, for the form's view.
func (f *Form) Errors() ui.Errors {
	var errs ui.Errors
	for _, e := range f.fields {
		errs = append(errs, ui.FieldError{Name: e.Name, Message: e.Message})
	}
	return errs
}

// Err returns what is wrong so far as one fault, nil if nothing is.
func (f *Form) Err() error { return f.fields.Err() }

// Wrong notes what is wrong with a field.
func (f *Form) Wrong(name, format string, args ...any) { f.fields.Add(name, format, args...) }

// Text returns a field without the spaces around it, and without what the
// database cannot store.
func (f *Form) Text(name string) string { return Clean(f.values.Get(name)) }

// Clean returns the text without spaces around it and what cannot be stored.
func Clean(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""))
}

// Whole returns a text of several lines as it was typed, without characters that cannot
// be stored.
func (f *Form) Whole(name string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(f.values.Get(name), "\x00", ""), "")
}

// Texts returns all values of a field that may occur several times.
func (f *Form) Texts(name string) []string {
	var out []string
	for _, v := range f.values[name] {
		if v = Clean(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Required returns a field; the sentence is the error when it is empty.
func (f *Form) Required(name, sentence string) string {
	text := f.Text(name)
	if text == "" {
		f.Wrong(name, "%s", sentence)
	}
	return text
}

// Secret returns a required field exactly as it was typed.
func (f *Form) Secret(name, sentence string) string {
	text := f.values.Get(name)
	if text == "" {
		f.Wrong(name, "%s", sentence)
	}
	return text
}

// Typed returns an optional field exactly as it was typed.
func (f *Form) Typed(name string) string { return f.values.Get(name) }

// Bool reports whether a checkbox is ticked.
func (f *Form) Bool(name string) bool {
	return slices.Contains([]string{"true", "on", "1"}, f.Text(name))
}

// OneOf returns a field that must be one of the values; empty is allowed.
func (f *Form) OneOf(name string, allowed ...string) string {
	text := f.Text(name)
	if text != "" && !slices.Contains(allowed, text) {
		f.Wrong(name, msgNotAChoice, text, strings.Join(allowed, ", "))
		return ""
	}
	return text
}

// Int returns a whole number between min and max; empty gives the fallback.
func (f *Form) Int(name string, fallback, least, most int) int {
	text := f.Text(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		f.Wrong(name, msgNotAWholeNumber, text, least, most)
		return fallback
	}
	return n
}

// ID returns an id of the database.
func (f *Form) ID(name string) int64 {
	text := f.Text(name)
	if text == "" {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		f.Wrong(name, msgNotAnID, text)
		return 0
	}
	return id
}

// Date returns a date (2006-01-02); nil when it is empty.
func (f *Form) Date(name string) *time.Time {
	text := f.Text(name)
	if text == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1 { // calendars have no year 0
		f.Wrong(name, msgNotADate, text)
		return nil
	}
	return &day
}

// Amount returns an amount of the currency; ok is false when it is empty or wrong.
func (f *Form) Amount(name, currency string) (v decimal.Decimal, ok bool) {
	text := f.Text(name)
	if text == "" {
		return v, false
	}
	v, err := money.ParseAmount(text, currency)
	if err != nil {
		f.Wrong(name, "%s.", UpperFirst(err.Error()))
		return v, false
	}
	return v, true
}

// Rate returns a conversion rate; ok is false when it is wrong.
func (f *Form) Rate(name string) (v decimal.Decimal, ok bool) {
	v, err := money.ParseRate(f.Text(name))
	if err != nil {
		f.Wrong(name, "%s.", UpperFirst(err.Error()))
		return v, false
	}
	return v, true
}

// UpperFirst writes the first letter as a capital.
func UpperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
