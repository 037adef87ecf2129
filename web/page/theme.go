package page

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// preferences are the choices that a browser remembers: cookie, allowed values,
// the first is the default. static/src/theme.js writes the same cookies.
var preferences = map[string][]string{
	"theme": {"system", "light", "dark"},
	"nav":   {"open", "folded"},
}

const preferenceTime = 365 * 24 * time.Hour

// SavePreferences keeps a choice and comes back to the page it was made on.
func SavePreferences(p *Page) error {
	f := p.ReadForm()
	for name, allowed := range preferences {
		if value := f.Text(name); slices.Contains(allowed, value) {
			p.SetCookie(&http.Cookie{
				Name: "handover_" + name, Value: value, Path: "/", SameSite: http.SameSiteLaxMode,
				Secure: p.Frame.Cookies.store.Options.Secure,
				MaxAge: int(preferenceTime.Seconds()),
			})
		}
	}
	return p.Context.Redirect(http.StatusSeeOther, LocalPath(f.Text("back"), "/"))
}

func preference(c echo.Context, name string) string {
	allowed := preferences[name]
	if cookie, err := c.Cookie("handover_" + name); err == nil && slices.Contains(allowed, cookie.Value) {
		return cookie.Value
	}
	return allowed[0]
}

func themeOf(c echo.Context) string { return preference(c, "theme") }

func navFolded(c echo.Context) bool { return preference(c, "nav") == "folded" }
