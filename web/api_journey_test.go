package web_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The walk-through of docs/api.md does what it says.
func TestAPIFromPreviewToReversal(t *testing.T) {
	p := newPair(t)
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	script := "set -euo pipefail\n"
	steps := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, step := range steps {
		script += step[1]
	}
	if len(steps) != 6 {
		t.Fatalf("%d steps", len(steps))
	}
	run := exec.CommandContext(t.Context(), "bash", "-c", script)
	run.Dir = t.TempDir()
	run.Env = append(os.Environ(), "API="+p.url+"/api/v1", "TOKEN="+p.asProgram(p.staff).token,
		"SOURCE="+p.customer.Number, "TARGET="+p.group.Number)
	said, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, want := range []string{
		`"number":"` + p.customer.Number, `"column":"customer_id"`, `"holds":true`,
		`"reverses":"TO-000001"`,
	} {
		if !strings.Contains(string(said), want) {
			t.Errorf("it does not say %s: %s", want, said)
		}
	}
}
