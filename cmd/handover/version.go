package main

import (
	"context"
	"fmt"
	"runtime"

	"handover/internal/db"
)

// The build sets these with -ldflags "-X main.version=... -X main.commit=..." (Makefile,
// deploy/goreleaser.yaml); a plain "go build" leaves them as they are.
var (
	version = "development"
	commit  = "unknown"
)

type versionCmd struct{}

// Run prints what this program is, and the version of the schema that it brings. It needs no
// database.
func (c *versionCmd) Run(_ context.Context, a *app) error {
	schema, err := db.Latest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "version  %s\ncommit   %s\ngo       %s %s/%s\nschema   %d\n",
		version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH, schema)
	return err
}
