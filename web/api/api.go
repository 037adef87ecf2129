package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/identity"
)

// Base is where the API is mounted.
const Base = "/api/v1"

// Limits of a request.
const (
	requestTime = 30 * time.Second
	maxBody     = 1_000_000 // bytes of a request
)

// API is the API of one process.
type API struct {
	db     *sqlx.DB
	engine *engine.Engine
	huma   huma.API
	log    *slog.Logger
}

// operation is one thing that the API does, with the privilege that it needs.
type operation struct {
	ID, Method, Path, Summary, Tag string
	Privilege                      identity.Privilege
	Status                         int   // of success, 0 = 200
	Errors                         []int // beside those that every operation has
	Late                           bool  // the privilege is asked for by the handler, after the scope
	Whole                          bool  // the handler reads the body itself, to say what it does not know
	register                       func(a *API, o operation)
}

// does completes an operation with its work.
func does[I, O any](o operation, do func(ctx context.Context, a *API, c *caller, in *I) (O, error)) operation {
	o.register = func(a *API, o operation) {
		huma.Register(a.huma, o.describe(), func(ctx context.Context, in *I) (*Answer[O], error) {
			c := callerOf(ctx)
			if !o.Late {
				if err := c.may(o.Privilege); err != nil {
					return nil, problemOf(err)
				}
			}
			out, err := do(ctx, a, c, in)
			if err != nil {
				p := problemOf(err)
				if p.Status == http.StatusInternalServerError {
					a.log.ErrorContext(ctx, "API request failed", "error", err, "operation", o.ID)
				}
				return nil, p
			}
			return &Answer[O]{out}, nil
		})
	}
	return o
}

// Mount adds the API to the server.
func Mount(e *echo.Echo, pool *sqlx.DB, engine *engine.Engine, log *slog.Logger) *API {
	a := &API{db: pool, engine: engine, log: log}
	ourErrors()
	config := huma.DefaultConfig("Handover", "1.0.0")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/openapi", "", ""
	config.CreateHooks = nil
	config.Servers = []*huma.Server{{URL: Base}}
	config.Info.Description = "Transfers of customers between distributors, of subscriptions between customers, " +
		"and merges of customers. " +
		"Ids are Handover's numbers (C-000001, S-000001, D-000001, P-000001, TO-000001). Errors are RFC 9457 " +
		"problems with a code."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {
			Type: "http", Scheme: "bearer",
			Description: "A token of a staff member, created under Your account or by handover token create.",
		},
	}
	config.Security = []map[string][]string{{"token": {}}}
	group := e.Group(Base, a.admit, middleware.BodyLimit(strconv.Itoa(maxBody)+"B"))
	a.huma = humaecho.NewWithGroup(e, group, config)
	for _, o := range operations() {
		o.register(a, o)
	}
	describeMessages(a.huma.OpenAPI())
	describeFindings(a.huma.OpenAPI())
	group.GET("/openapi-3.0.json", a.older((*huma.OpenAPI).Downgrade, "application/openapi+json"))
	group.GET("/openapi-3.0.yaml", a.older((*huma.OpenAPI).DowngradeYAML, "application/openapi+yaml"))
	group.RouteNotFound("/*", func(echo.Context) error { return errNoSuch })
	return a
}

// older answers the document as OpenAPI 3.0, which knows no webhooks.
func (a *API) older(write func(*huma.OpenAPI) ([]byte, error), contentType string) echo.HandlerFunc {
	return func(c echo.Context) error {
		document := *a.huma.OpenAPI()
		document.Webhooks = nil
		text, err := write(&document)
		if err != nil {
			return fmt.Errorf("write the document as OpenAPI 3.0: %w", err)
		}
		return c.Blob(http.StatusOK, contentType, text)
	}
}

// Document returns the OpenAPI document.
func (a *API) Document() *huma.OpenAPI { return a.huma.OpenAPI() }

var errNoSuch = fault.New(fault.NotFound, msgNoSuchAddress, Base)

// describe is the operation as the document has it.
func (o operation) describe() huma.Operation {
	status := o.Status
	if status == 0 {
		status = http.StatusOK
	}
	return huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, Tags: []string{o.Tag},
		DefaultStatus: status,
		Errors: append([]int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
		}, o.Errors...),
		MaxBodyBytes:     maxBody, // of a body that did not say how long it is
		SkipValidateBody: o.Whole, Metadata: map[string]any{"privilege": o.Privilege},
	}
}
