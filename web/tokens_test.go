package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestOwnTokens(t *testing.T) {
	p := signedIn(t)
	page := p.get("/pcp/account/tokens").is(http.StatusOK).says("No token yet")
	page.post("/pcp/account/tokens",
		map[string][]string{
			"label":    {""},
			"networks": {"here"},
		}).is(http.StatusUnprocessableEntity).says("Name the program",
		`"here" is not a network`)
	page.post("/pcp/account/tokens",
		map[string][]string{"label": {"billing"}}).is(http.StatusUnprocessableEntity).says(
		"Enter your password to confirm that it is you")
	made := page.post("/pcp/account/tokens", map[string][]string{
		"label": {"billing"}, "privilege": {"read"},
		"networks": {"127.0.0.0/8"}, "password": {testdb.Password},
	}).is(http.StatusOK).says("It is shown only once",
		"billing", "from 127.0.0.0/8")
	secret := made.doc.Find("code.secret").Text()
	g := program{t, p.url, secret}
	g.get("/customers").is(200, "")
	g.get("/audit").is(403, "FORBIDDEN")
	list := p.get("/pcp/account/tokens")
	if strings.Contains(list.body, secret) {
		t.Error("the token is shown again")
	}
	list.says("from 127.0.0.1")
	list.post("/pcp/account/tokens/revoke",
		map[string][]string{"token": {list.doc.Find(`button[name="token"]`).AttrOr("value",
			"")}}).follow().says("was revoked", "Revoked")
	g.get("/customers").is(401, "UNAUTHORIZED")
}

// An administrator sees and revokes the tokens of a person; who may not manage people sees none.
func TestTokensOfAPerson(t *testing.T) {
	p := signedIn(t)
	other := p.world.Staff(testdb.Staff{Name: "Otto Berg", Role: "support"})
	g := p.asProgram(other)
	g.get("/customers").is(200, "")
	path := fmt.Sprintf("/pcp/staff/%d", other.ID)
	shown := p.get(path).is(http.StatusOK).says("API tokens of Otto Berg", "test", "from 127.0.0.1")
	shown.post(path+"/tokens/revoke",
		map[string][]string{"token": {shown.doc.Find(`button[name="token"]`).AttrOr("value",
			"")}}).follow().says("The token of Otto Berg was revoked", "Revoked")
	g.get("/customers").is(401, "UNAUTHORIZED")
}

func TestAPIPage(t *testing.T) {
	p := signedIn(t)
	page := p.get("/pcp/api").is(http.StatusOK).says("POST /transfers", "Idempotency-Key", "GET /customers/{number}",
		"problems (RFC 9457)", "accounts.transfer", "subscription.transferred", "data.subscription", "data.reverses")
	if n := page.doc.Find("details.api-operation").Length(); n < 18 {
		t.Errorf("%d operations", n)
	}
}
