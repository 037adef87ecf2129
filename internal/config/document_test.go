package config_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"handover/internal/config"
)

var update = flag.Bool("update", false, "write docs/settings.md")

const settingsDocument = "../../docs/settings.md"

// TestSettingsDocument: docs/settings.md is what the struct of the settings says.
func TestSettingsDocument(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Settings

` +
		"Each setting is a flag of every command and a variable of the environment; a flag wins. " +
		"A setting that cannot work stops the start with\n" +
		`one sentence that names it. [operations.md](operations.md) says when to change which.

This page is generated: ` + "`go test ./internal/config -run SettingsDocument -update`" +
		` writes it from the settings of the program.

| variable | flag | default | what it is |
|---|---|---|---|
`)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		tag := f.Tag
		help := strings.TrimSuffix(tag.Get("help"), " (${default}).") // the default has its own column
		help = strings.TrimSuffix(help, ".") + "."
		if tag.Get("env") == "" || tag.Get("name") == "" || help == "." {
			t.Errorf("%s has no variable, flag or help", f.Name)
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", tag.Get("env"),
			strings.TrimSpace(tag.Get("name")+" "+tag.Get("placeholder")),
			code(tag.Get("default")), strings.ReplaceAll(help, "|", "\\|"))
	}
	if *update {
		if err := os.WriteFile(settingsDocument, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	now, err := os.ReadFile(settingsDocument)
	if err != nil || string(now) != b.String() {
		t.Errorf("docs/settings.md is not what the settings are (%v); run this test with -update", err)
	}
}

func code(value string) string {
	if value == "" {
		return "empty"
	}
	return "`" + value + "`"
}
