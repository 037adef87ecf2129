package notify

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
)

// layout is the HTML of a mail: the brand's name under a rule in its colour, and the
// text in paragraphs. Mail programs read style attributes only.
const layout = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px 12px;background:#f7f8fa;color:#1b2433;font:16px/1.5 sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e4e7ec;
border-top:6px solid {{.Color}};border-radius:10px">
{{if .Brand}}<p style="margin:0 0 16px;font-size:20px;font-weight:bold">{{.Brand}}</p>
{{end}}{{template "text" .Text}}{{if .Linked}}<p style="margin:0 0 16px">{{if .Link}}<a href="{{.Link}}">{{.Link}}</a>{{else}}{{.Withheld}}{{end}}</p>
{{template "text" .Below}}{{end}}</div>
</body>
</html>
{{define "text"}}{{range .}}<p style="margin:0 0 16px">{{range $i, $line := .}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
{{end}}{{end}}`

// plainColor is the colour of a brand that has none.
const plainColor = "#3f4c66"

// Withheld is shown in place of a link until the mail is sent. It marks no place: a text that
// holds it stays a text.
const Withheld = "[link withheld]"

// Content is what a mail says: text, and in a mail with a link what is above the link and what
// is below it.
type Content struct {
	Text   string `db:"body_text"`
	Linked bool   `db:"linked"`
	Below  string `db:"body_below"`
}

// Plain returns the mail as text, with Withheld in place of the link "".
func (c Content) Plain(link string) string {
	if !c.Linked {
		return c.Text
	}
	return c.Text + "\n" + cmp.Or(link, Withheld) + "\n\n" + c.Below
}

// HTML returns the mail as an HTML page in the brand, with Withheld in place of the link "".
func (c Content) HTML(subject, link string, brand Brand) (string, error) {
	page, err := template.New("mail").Parse(layout)
	if err != nil {
		return "", fmt.Errorf("read the layout of mails: %w", err)
	}
	if brand.Color == "" {
		brand.Color = plainColor
	}
	var out strings.Builder
	err = page.Execute(&out, struct {
		Subject, Brand, Color, Link, Withheld string
		Linked                                bool
		Text, Below                           [][]string
	}{subject, brand.Name, brand.Color, link, Withheld, c.Linked, paragraphs(c.Text), paragraphs(c.Below)})
	if err != nil {
		return "", fmt.Errorf("write the mail as HTML: %w", err)
	}
	return out.String(), nil
}

// paragraphs returns the lines of the paragraphs of a text.
func paragraphs(text string) [][]string {
	var out [][]string
	for p := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}
