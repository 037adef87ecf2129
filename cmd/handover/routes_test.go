package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"handover/web"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := handover(t, "", "routes", "--json")
	var list []web.Address
	if err := json.Unmarshal([]byte(r.out), &list); r.code != 0 || err != nil {
		t.Fatalf("%d %v %s", r.code, err, r.errOut)
	}
	at := slices.IndexFunc(list, func(a web.Address) bool {
		return a.Method == "POST" && a.Path == "/rcp/orders/:number/approve"
	})
	if at < 0 || list[at].Needs != "orders.approve" || list[at].Public {
		t.Errorf("got %d addresses, the approval is %d of them", len(list), at)
	}
	plain := handover(t, "", "routes")
	if plain.code != 0 || !strings.Contains(plain.out, "/sign-in ") || strings.Count(plain.out, "\n") != len(list) {
		t.Errorf("%d %s", plain.code, plain.out)
	}
}
