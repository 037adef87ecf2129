package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"handover/web"
)

type routesCmd struct {
	JSON bool `help:"Print them as a JSON array."`
}

// Run prints every address of the panels with what one must be allowed to do to open it. It needs
// no database.
func (c *routesCmd) Run(_ context.Context, a *app) error {
	list := web.Addresses()
	if c.JSON {
		return json.NewEncoder(a.out).Encode(list)
	}
	for _, r := range list {
		if _, err := fmt.Fprintf(a.out, "%-6s %-75s %s\n", r.Method, r.Path,
			cmp.Or(string(r.Needs), "(public)")); err != nil {
			return err
		}
	}
	return nil
}
