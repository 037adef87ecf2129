package page

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"handover/views/ui"
)

// maxCookie is what browsers keep of a cookie, its name and attributes included.
const maxCookie = 4096

func TestFlashesFitTheCookie(t *testing.T) {
	t.Parallel()
	cookies := NewCookies([]byte(strings.Repeat("k", MinSessionKey)), true)
	request := httptest.NewRequest("GET", "/", nil)
	for name, flashes := range map[string][]ui.Flash{
		"one of any length": {{
			Text: strings.Repeat("ü<&>\u2028", 20_000), Href: "/pcp/orders/TO-000001",
			Link: "Open",
		}},
		"many": slicesOf(ui.Flash{Text: strings.Repeat("x", 300)}, 40),
	} {
		kept := ""
		for _, f := range flashes {
			recorder := httptest.NewRecorder()
			c := echo.New().NewContext(request.Clone(t.Context()), recorder)
			if kept != "" {
				c.Request().Header.Set("Cookie", kept)
			}
			if err := cookies.addFlash(c, f); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			set := recorder.Header().Get("Set-Cookie")
			if len(set) > maxCookie {
				t.Fatalf("%s: the cookie has %d bytes", name, len(set))
			}
			kept, _, _ = strings.Cut(set, ";")
		}
		c := echo.New().NewContext(request.Clone(t.Context()), httptest.NewRecorder())
		c.Request().Header.Set("Cookie", kept)
		shown := cookies.takeFlashes(c)
		last := flashes[len(flashes)-1]
		if len(shown) == 0 || shown[len(shown)-1].Href != last.Href ||
			!strings.HasPrefix(last.Text, strings.TrimSuffix(shown[len(shown)-1].Text, "…")) {
			t.Errorf("%s: shown are %v", name, shown)
		}
	}
}

func slicesOf(f ui.Flash, n int) []ui.Flash {
	out := make([]ui.Flash, n)
	for i := range out {
		out[i] = f
	}
	return out
}
