package notify

import (
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
{{end}}{{range .Paragraphs}}<p style="margin:0 0 16px">{{range $i, $line := .}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
{{end}}</div>
</body>
</html>
`

// plainColor is the colour of a brand that has none.
const plainColor = "#3f4c66"

// HTML returns the text as an HTML page in the brand.
func HTML(subject, text string, brand Brand) (string, error) {
	page, err := template.New("mail").Parse(layout)
	if err != nil {
		return "", fmt.Errorf("read the layout of mails: %w", err)
	}
	if brand.Color == "" {
		brand.Color = plainColor
	}
	var paragraphs [][]string
	for p := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			paragraphs = append(paragraphs, strings.Split(p, "\n"))
		}
	}
	var out strings.Builder
	err = page.Execute(&out, struct {
		Subject, Brand, Color string
		Paragraphs            [][]string
	}{subject, brand.Name, brand.Color, paragraphs})
	if err != nil {
		return "", fmt.Errorf("write the mail as HTML: %w", err)
	}
	return out.String(), nil
}
