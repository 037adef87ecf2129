package web_test

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// fetch gets a file with the encodings a browser names and returns the bytes on
// the wire and the file itself.
func fetch(p panel, path, encodings string) (wire int, text string, header http.Header) {
	p.Helper()
	r := p.request(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encodings) // set by hand: the client unpacks nothing
	a := p.send(r)
	if a.status != http.StatusOK {
		p.Fatalf("%s answered %d", path, a.status)
	}
	var body io.Reader = strings.NewReader(a.body)
	var err error
	switch a.header.Get("Content-Encoding") {
	case "br":
		body = brotli.NewReader(body)
	case "gzip":
		if body, err = gzip.NewReader(body); err != nil {
			p.Fatal(err)
		}
	}
	unpacked, err := io.ReadAll(body)
	if err != nil {
		p.Fatal(err)
	}
	return len(a.body), string(unpacked), a.header
}

func TestAssets(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	sheet := p.get("/sign-in").doc.Find(`link[href*="tabler"]`).AttrOr("href", "")
	plainSize, plain, _ := fetch(p, sheet, "identity")
	tests := []struct{ accept, want string }{
		{"gzip, deflate, br, zstd", "br"},
		{"gzip", "gzip"},
		{"gzip;q=1.0, br;q=0", "gzip"},
		{"", ""},
		{"deflate", ""},
	}
	for _, tt := range tests {
		size, text, header := fetch(p, sheet, tt.accept)
		if header.Get("Content-Encoding") != tt.want || text != plain {
			t.Errorf("%q: got %q, %d bytes", tt.accept, header.Get("Content-Encoding"), size)
		}
		if tt.want != "" && size > plainSize/4 {
			t.Errorf("%q: %d bytes on the wire", tt.accept, size)
		}
		if header.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
			header.Get("Vary") != "Accept-Encoding" || header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("headers: %v", header)
		}
	}
	for _, path := range []string{
		"/static/manifest.json", "/static/.gitkeep", "/static/tabler.000000000000.css",
		"/static/..%2fstatic.go", sheet + ".br",
	} {
		if a := p.get(path); a.status != http.StatusNotFound || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Cache-Control"))
		}
	}
}

// The first page of a browser that has nothing yet stays small.
func TestFirstPageWeight(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	const encodings = "gzip, br"
	total, _, _ := fetch(p, "/pcp/", encodings)
	doc := p.get("/pcp/").doc
	seen := map[string]bool{}
	for selector, attribute := range map[string]string{
		"link[href]": "href", "script[src]": "src",
		"use[href]": "href",
	} {
		for _, node := range doc.Find(selector).EachIter() {
			path, _, _ := strings.Cut(node.AttrOr(attribute, ""), "#")
			if !seen[path] {
				seen[path] = true
				size, _, _ := fetch(p, path, encodings)
				total += size
			}
		}
	}
	if len(seen) < 5 || total > 150_000 {
		t.Errorf("%d files, %d bytes", len(seen), total)
	}
	t.Logf("%d files, %d bytes on the wire", len(seen), total)
}

func TestBrandColour(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Exec(`update brands set primary_color = '#E4572E'`)
	p.world.Exec(`update distributors set brand_id = (select min(id) from brands) where parent_id is null`)
	sheet := p.get("/pcp/").doc.Find(`link[href^="/brand/"]`).AttrOr("href", "")
	if a := p.get(sheet); a.body != ":root{--brand:#e4572e;--brand-ink:#000000;--brand-line:light-dark(#e4572e,"+
		"#e4572e)}" || a.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%q holds %q", sheet, a.body)
	}
	for _, path := range []string{"/brand/red.css", "/brand/" + url.PathEscape("ffffff}body{display:none") + ".css"} {
		if a := p.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", path, a.status)
		}
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	home := p.get("/pcp/")
	if got := home.doc.Find("html").AttrOr("data-bs-theme", ""); got != "system" {
		t.Errorf("the theme is %s at first", got)
	}
	back := home.form("/preferences").Get("back")
	a := p.post("/preferences", url.Values{"theme": {"dark"}, "back": {back}}).follow()
	if got := a.doc.Find("html").AttrOr("data-bs-theme", ""); got != "dark" || a.doc.Find(".is-folded").Length() != 0 {
		t.Errorf("the theme is %s", got)
	}
	a = p.post("/preferences", url.Values{"nav": {"folded"}, "theme": {"<script>"}, "back": {"https://evil.example"}})
	if a.header.Get("Location") != "/" {
		t.Errorf("led to %s", a.header.Get("Location"))
	}
	a = p.get("/pcp/")
	if got := a.doc.Find("html").AttrOr("data-bs-theme", ""); got != "dark" || a.doc.Find(".is-folded").Length() != 1 {
		t.Errorf("the theme is %s, folded %d", got, a.doc.Find(".is-folded").Length())
	}
}
