package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

// caller is who asks, and what their request reads from: one transaction in their scope.
type caller struct {
	identity.Staff
	reader  *db.Reader
	address string
}

type callerKey struct{}

// callerOf returns who asks; the context is that of an operation.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}

// Scope returns whose records the caller may see.
func (c *caller) Scope() accounts.Scope {
	return accounts.Scope{Root: c.DistributorID, Everything: c.OfProvider()}
}

// db returns what the request reads from.
func (c *caller) db() db.Querier { return c.reader }

// Actor returns the caller as the actor of an audit entry.
func (c *caller) Actor() audit.Actor { return c.Staff.Actor(c.address) }

// may refuses a caller without the privilege.
func (c *caller) may(p identity.Privilege) error {
	if c.Can(p) {
		return nil
	}
	return fault.New(fault.Forbidden, msgPrivilegeMissing, p)
}

// open are the addresses that need no token: what the API is, not what it has.
func open(path string) bool { return strings.HasPrefix(path, Base+"/openapi") }

// admit finds out who asks, counts their requests, and answers every error as a problem.
func (a *API) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := a.let(c, next)
		if err == nil || c.Response().Committed {
			return err
		}
		p := problemOf(err)
		if p.Status == http.StatusInternalServerError {
			a.log.ErrorContext(c.Request().Context(), "API request failed", "error", err, "path", c.Request().URL.Path)
		}
		return answer(c, p)
	}
}

func (a *API) let(c echo.Context, next echo.HandlerFunc) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), requestTime)
	defer cancel()
	ctx = db.WithLimits(ctx, db.RequestLimits)
	if open(c.Request().URL.Path) {
		return next(c)
	}
	kind, secret, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || secret == "" {
		c.Response().Header().Set("WWW-Authenticate", "Bearer")
		return fault.New(fault.Unauthorized, msgSendToken)
	}
	ctx = db.WithoutScope(ctx) // not signed in yet
	who, err := identity.ResumeToken(ctx, a.db, strings.TrimSpace(secret), c.RealIP())
	if err != nil {
		c.Response().Header().Set("WWW-Authenticate", "Bearer")
		return err
	}
	if err := a.count(ctx, c, who.Token); err != nil {
		return err
	}
	asks := &caller{Staff: who.Staff, reader: db.NewReader(a.db), address: c.RealIP()}
	defer asks.reader.Release()
	ctx = context.WithValue(asks.reader.Beside(asks.Scope().In(ctx, who.Staff.ID)), callerKey{}, asks)
	c.SetRequest(c.Request().WithContext(ctx))
	return next(c)
}

// count refuses a token that asks more often than it may.
func (a *API) count(ctx context.Context, c echo.Context, t identity.Token) error {
	if t.PerMinute == nil {
		return nil
	}
	rate, err := identity.CountRequest(ctx, a.db, t)
	if err != nil {
		return err
	}
	reset := strconv.Itoa(int(math.Ceil(rate.Reset.Seconds())))
	h := c.Response().Header()
	h.Set("RateLimit-Limit", strconv.Itoa(rate.Limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(rate.Left))
	h.Set("RateLimit-Reset", reset)
	if !rate.Over {
		return nil
	}
	h.Set("Retry-After", reset)
	return fault.New(fault.TooMany, msgTooManyRequests, rate.Limit, fmt.Sprintf("%s s", reset))
}
