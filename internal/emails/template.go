package emails

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"handover/internal/fault"
)

// The longest that a template may be, in characters.
const (
	longestSubject = 200
	longestBody    = 10_000
)

// Template is what a mail says, with fields in braces.
type Template struct {
	Subject string `db:"subject"`
	Body    string `db:"body"`
}

// named finds the fields of a template.
var named = regexp.MustCompile(`\{[^{}\n]*\}`)

// manyLines are the empty lines that a field without a value leaves.
var manyLines = regexp.MustCompile(`\n{3,}`)

// Check returns a fault that names every field which the kind does not have, and what is
// empty or too long.
func (k Kind) Check(t Template) error {
	var wrong fault.Fields
	for _, part := range []struct {
		field, text string
		longest     int
	}{{"subject", t.Subject, longestSubject}, {"body", t.Body, longestBody}} {
		switch {
		case strings.TrimSpace(part.text) == "":
			wrong.Add(part.field, msgEmpty)
		case len([]rune(part.text)) > part.longest:
			wrong.Add(part.field, msgTooLong, len([]rune(part.text)), part.longest)
		}
		for _, name := range named.FindAllString(part.text, -1) {
			if !slices.ContainsFunc(k.Fields, func(f Field) bool { return "{"+f.Name+"}" == name }) {
				wrong.Add(part.field, msgNoField, name, k.fieldList())
			}
		}
	}
	if strings.ContainsFunc(t.Subject, unicode.IsControl) {
		wrong.Add("subject", msgSubjectOneLine)
	}
	return wrong.Err()
}

func (k Kind) fieldList() string {
	names := make([]string, len(k.Fields))
	for i, f := range k.Fields {
		names[i] = "{" + f.Name + "}"
	}
	return strings.Join(names, ", ")
}

// Fill puts the values into the template. What is in a value is text: a brace in a name
// is no field, and a line break in a subject is a space.
func (k Kind) Fill(t Template, values map[string]string) Template {
	pairs := make([]string, 0, 2*len(k.Fields))
	for _, f := range k.Fields {
		pairs = append(pairs, "{"+f.Name+"}", values[f.Name])
	}
	put := strings.NewReplacer(pairs...)
	subject := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, put.Replace(t.Subject))
	return Template{Subject: subject, Body: manyLines.ReplaceAllString(put.Replace(t.Body), "\n\n")}
}

// Samples are the values with which a template is previewed.
func (k Kind) Samples() map[string]string {
	values := map[string]string{}
	for _, f := range k.Fields {
		values[f.Name] = f.Sample
	}
	return values
}

// Usual words of the kind.
func (k Kind) usual() Template { return Template{k.Subject, k.Body} }
