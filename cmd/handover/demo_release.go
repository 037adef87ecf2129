//go:build release

package main

import "errors"

// demoCommands answers those who look for the demo data in a release. Neither the data nor
// what makes them is part of it (docs/decisions/0016-no-demo-data-in-a-release.md).
type demoCommands struct {
	Demo demoCmd `cmd:"" hidden:"" passthrough:"" help:"Say where the demo data are."`
}

type demoCmd struct {
	Rest []string `arg:"" optional:""`
}

// Run always fails, with one sentence.
func (c *demoCmd) Run() error {
	return errors.New("this build has no demo data; import your own with \"handover import\", " +
		"or build Handover from its source with \"make build\"")
}
