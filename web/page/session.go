package page

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"handover/internal/identity"
	"handover/views/ui"
)

// The cookies, how long a browser is remembered, and the least length of the key in bytes.
const (
	sessionCookie = "handover_session"
	PendingCookie = "handover_pending" // a sign-in that waits for its code
	SignOnCookie  = "handover_sign_on" // a way to the provider of single sign-on
	flashCookie   = "handover_flash"
	deviceCookie  = "handover_device"
	deviceTime    = 365 * 24 * time.Hour
	MinSessionKey = 32
)

// Cookies reads and writes the signed cookies: those of a session and of a pending
// sign-in, which hold a random id and nothing else; the results that the next page shows;
// and the id by which the throttle knows a browser that signed in before.
type Cookies struct {
	store   *sessions.CookieStore
	devices *sessions.CookieStore
	prefix  string // of their names
}

// hostPrefix makes browsers refuse a cookie of the name that another host of the domain, or a page
// without https, tries to set.
const hostPrefix = "__Host-"

// NewCookies returns the cookies that are signed with the key; over HTTPS they are Secure.
func NewCookies(key []byte, https bool) Cookies {
	options := &sessions.Options{Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode}
	store, devices := sessions.NewCookieStore(key), sessions.NewCookieStore(key)
	store.Options = options
	store.MaxAge(int(identity.SessionTime.Seconds()))
	lasting := *options
	devices.Options = &lasting
	devices.MaxAge(int(deviceTime.Seconds()))
	k := Cookies{store: store, devices: devices}
	if https {
		k.prefix = hostPrefix
	}
	return k
}

// device returns the browser's id; one without gets a new one, which setToken keeps.
func (k Cookies) device(c echo.Context) string {
	if id, ok := c.Get(deviceCookie).(string); ok {
		return id
	}
	id := ""
	if known, err := k.devices.Get(c.Request(), k.prefix+deviceCookie); err == nil {
		id, _ = known.Values["id"].(string)
	}
	if id == "" {
		id = rand.Text() + rand.Text()
	}
	c.Set(deviceCookie, id)
	return id
}

// keepDevice writes the browser's id anew, so that one in use does not run out.
func (k Cookies) keepDevice(c echo.Context) error {
	known, _ := k.devices.Get(c.Request(), k.prefix+deviceCookie) // a new one where the cookie is forged
	known.Values = map[any]any{"id": k.device(c)}
	return known.Save(c.Request(), c.Response())
}

// Token returns the session's random id, "" when there is none or it was forged.
func (k Cookies) Token(c echo.Context) string { return k.ID(c, sessionCookie) }

// SetToken keeps a new session's random id, and the browser's; "" removes the
// session's cookie.
func (k Cookies) SetToken(c echo.Context, token string) error {
	if err := k.SetID(c, sessionCookie, token); err != nil || token == "" {
		return err
	}
	return k.keepDevice(c)
}

// ID returns the random id in the cookie, "" when there is none or it was forged.
func (k Cookies) ID(c echo.Context, cookie string) string {
	session, err := k.store.Get(c.Request(), k.prefix+cookie)
	if err != nil {
		return ""
	}
	id, _ := session.Values["id"].(string)
	return id
}

// SetID keeps a random id in the cookie; "" removes it.
func (k Cookies) SetID(c echo.Context, cookie, id string) error {
	session, _ := k.store.Get(c.Request(), k.prefix+cookie) // a new one where the cookie is forged
	session.Values = map[any]any{}
	switch {
	case id == "":
		session.Options.MaxAge = -1
	case cookie != sessionCookie:
		session.Options.MaxAge = int(identity.PendingTime.Seconds())
	}
	if id != "" {
		session.Values["id"] = id
	}
	return session.Save(c.Request(), c.Response())
}

// maxFlashes is how much of results the cookie keeps, in bytes of JSON: signed and encoded twice
// it stays below the 4,096 bytes of a cookie.
const maxFlashes = 1800

// addFlash keeps a result for the next page. Where there are too many, the oldest are dropped;
// one that is too long alone is shortened.
func (k Cookies) addFlash(c echo.Context, f ui.Flash) error {
	session, _ := k.store.Get(c.Request(), k.prefix+flashCookie) // a new one where the cookie is forged
	text, err := fitFlashes(append(readFlashes(session), f))
	if err != nil {
		return fmt.Errorf("keep a result: %w", err)
	}
	session.Values = map[any]any{"flashes": string(text)}
	return session.Save(c.Request(), c.Response())
}

// fitFlashes returns as many of the newest results as fit into the cookie, as JSON.
func fitFlashes(flashes []ui.Flash) ([]byte, error) {
	text, err := json.Marshal(flashes)
	for ; err == nil && len(text) > maxFlashes && len(flashes) > 1; text, err = json.Marshal(flashes) {
		flashes = flashes[1:]
	}
	last := flashes[len(flashes)-1]
	for words := []rune(last.Text); err == nil && len(text) > maxFlashes && len(words) > 0; {
		words = words[:len(words)*3/4]
		last.Text = string(words) + "…"
		text, err = json.Marshal([]ui.Flash{last})
	}
	return text, err
}

// takeFlashes returns the kept results and forgets them.
func (k Cookies) takeFlashes(c echo.Context) []ui.Flash {
	session, err := k.store.Get(c.Request(), k.prefix+flashCookie)
	if err != nil || session.IsNew {
		return nil
	}
	session.Options.MaxAge = -1
	if err := session.Save(c.Request(), c.Response()); err != nil {
		slog.ErrorContext(c.Request().Context(), "forget the results that a page shows", slog.Any("error", err))
	}
	return readFlashes(session)
}

func readFlashes(session *sessions.Session) []ui.Flash {
	var flashes []ui.Flash
	text, _ := session.Values["flashes"].(string)
	if text != "" {
		_ = json.Unmarshal([]byte(text), &flashes) // signed: it is what addFlash wrote
	}
	return flashes
}
