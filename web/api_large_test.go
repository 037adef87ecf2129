package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A body that is too large answers a problem, whether it says how long it is or not.
func TestAPIRefusesLargeBodiesWithAProblem(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	program := p.asProgram(p.staff)
	const size = 1_020_000 // between a million and a mebibyte
	for name, length := range map[string]int64{"with its length": size, "without": -1} {
		body := io.MultiReader(strings.NewReader(`{"note": "`), strings.NewReader(strings.Repeat("x", size-12)),
			strings.NewReader(`"}`))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, program.url+"/api/v1/transfers", body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = length
		r.Header.Set("Authorization", "Bearer "+program.token)
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err != nil || a.StatusCode != http.StatusRequestEntityTooLarge ||
			a.Header.Get("Content-Type") != "application/problem+json" ||
			!strings.Contains(string(text), `"code":"TOO_LARGE"`) {
			t.Errorf("%s: %d %s %s, %v", name, a.StatusCode, a.Header.Get("Content-Type"), text, err)
		}
	}
}
