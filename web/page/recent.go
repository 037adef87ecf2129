package page

import (
	"net/http"
	"slices"
	"strings"

	"handover/internal/accounts"
	"handover/internal/identity"
)

// recentCookie holds the numbers of the records that the browser opened last, the newest first. It
// holds no names: what they are called is read anew, within the reader's scope. Signing out removes it.
const recentCookie = "handover_recent"

// recentKept is how many numbers are kept.
const recentKept = 8

// recentPages are the pages that are kept in mind, by their path below the panel, with the prefix
// of their numbers.
var recentPages = map[string]string{
	"/customers/:number": accounts.CustomerPrefix, "/subscriptions/:number": accounts.SubscriptionPrefix,
	"/orders/:number": "TO",
}

// Recent returns the numbers of the records that the reader opened last, the newest first.
func (p *Page) Recent() []string {
	cookie, err := p.Cookie(recentCookie)
	if err != nil {
		return nil
	}
	var out []string
	for _, number := range strings.Split(cookie.Value, ".") {
		for _, prefix := range recentPages {
			if _, ok := accounts.ParseNumber(prefix, number); ok && !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	return out[:min(len(out), recentKept)]
}

// remember keeps the record of the page in mind.
func (p *Page) remember() {
	prefix, kept := recentPages[strings.TrimPrefix(p.Path(), p.panel)]
	if !kept || p.Request().Method != http.MethodGet {
		return
	}
	id, ok := accounts.ParseNumber(prefix, p.Param("number"))
	if !ok {
		return
	}
	number := accounts.Number(prefix, id)
	numbers := slices.DeleteFunc(p.Recent(), func(other string) bool { return other == number })
	numbers = append([]string{number}, numbers...)
	p.setRecent(strings.Join(numbers[:min(len(numbers), recentKept)], "."), int(identity.SessionTime.Seconds()))
}

// ForgetRecent removes the numbers, for the next person at this browser.
func (p *Page) ForgetRecent() { p.setRecent("", -1) }

func (p *Page) setRecent(numbers string, seconds int) {
	p.SetCookie(&http.Cookie{
		Name: recentCookie, Value: numbers, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: p.Frame.Cookies.store.Options.Secure, MaxAge: seconds,
	})
}
