package web

import (
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"handover/static"
	"handover/web/page"
)

const immutable = "public, max-age=31536000, immutable"

// filePages serve the built assets and the brands' style sheets.
type filePages struct {
	assets *static.Assets
}

// encodings are the compressed forms that the asset build makes, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// asset serves a file by its hashed name, compressed if the browser takes it.
func (h filePages) asset(p *page.Page) error {
	name := p.Param("name")
	if !hashedName.MatchString(name) {
		return echo.ErrNotFound
	}
	header := p.Response().Header()
	body := h.assets.File(name)
	if body == nil {
		return echo.ErrNotFound
	}
	for _, e := range encodings {
		if !accepts(p.Request().Header.Get("Accept-Encoding"), e.name) {
			continue
		}
		if packed := h.assets.File(name + e.suffix); packed != nil {
			header.Set("Content-Encoding", e.name)
			body = packed
			break
		}
	}
	header.Set("Cache-Control", immutable)
	header.Set("Vary", "Accept-Encoding")
	return p.Blob(http.StatusOK, mime.TypeByExtension(path.Ext(name)), body)
}

var hashedName = regexp.MustCompile(`^[a-z-]+\.[0-9a-f]{12}\.(css|js|svg)$`)

// accepts reports whether the Accept-Encoding header names the encoding.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding && !strings.HasPrefix(strings.ReplaceAll(quality, " ", ""), "q=0") {
			return true
		}
	}
	return false
}

// brand serves the style sheet of one brand colour.
func (h filePages) brand(p *page.Page) error {
	match := page.BrandName.FindStringSubmatch(p.Param("color"))
	if match == nil {
		return echo.ErrNotFound
	}
	p.Response().Header().Set("Cache-Control", immutable)
	return p.Blob(http.StatusOK, "text/css; charset=utf-8", []byte(page.BrandCSS(match[1])))
}
