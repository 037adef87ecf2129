package web_test

import (
	"testing"

	"handover/internal/testdb"
)

// A request may name everything by the outside system's ids, and send the fields that it does
// not use as null.
func TestAPITransferByOutsideIDs(t *testing.T) {
	p := newPair(t)
	for table, ids := range map[string]map[string]int64{
		"customers":     {"EXT-C": p.customer.ID, "EXT-G": p.group.ID},
		"distributors":  {"EXT-T": p.thames.ID},
		"subscriptions": {"EXT-S": p.first.ID},
	} {
		for external, id := range ids {
			p.world.Exec(`update `+table+` set external_id = $1 where id = $2`, external, id)
		}
	}
	other := p.world.Plan(testdb.Plan{Name: "Other", Distributor: p.thames.ID, Currency: "GBP", Price: "33.00"})
	p.world.Exec(`update plans set external_id = 'EXT-P' where id = $1`, other.ID)
	p.world.Exec(`update plans set external_id = 'EXT-V' where id = $1`, p.vault.ID)
	g := p.asProgram(p.staff)
	by := func(customer, group, distributor, subscription, plan, delegated string) []map[string]any {
		return []map[string]any{
			{"kind": "merge", "source_customer": customer, "target_customer": group},
			{
				"kind": "subscriptions", "source_customer": customer, "target_customer": group,
				"subscriptions": []string{subscription},
			},
			{
				"kind": "distributor", "source_customer": customer, "target_distributor": distributor,
				"mode":            "subscriptions_only",
				"conversion_rate": "0.8612", "plans": map[string]string{subscription: plan},
				"delegate": []any{map[string]any{"plan": delegated, "prices": map[string]string{distributor: "80.00"}}},
			},
		}
	}
	numbers := by(p.customer.Number, p.group.Number, p.thames.Number, p.first.Number, other.Number, p.vault.Number)
	for i, body := range by("EXT-C", "EXT-G", "EXT-T", "EXT-S", "EXT-P", "EXT-V") {
		want := g.send("POST", "/transfers/preview", numbers[i]).is(200, "")
		for _, unused := range []string{
			"rates", "distributor", "new_parent", "running_term", "post_on",
			"include_children", "rate_reason",
		} {
			body[unused] = nil
		}
		g.send("POST", "/transfers/preview", body).is(200, "").has("fingerprint",
			want.at("fingerprint")).has("source.number", p.customer.Number)
		body["running_term"], body["include_children"] = "stays", false
		g.send("POST", "/transfers/preview", body).is(200, "").has("fingerprint", want.at("fingerprint"))
	}
	merge := by("EXT-C", "EXT-G", "", "", "", "")[0]
	preview := g.send("POST", "/transfers/preview", merge).is(200, "")
	merge["fingerprint"], merge["acknowledged"] = preview.at("fingerprint"), codesOf(preview)
	first := g.send("POST", "/transfers", merge, "Idempotency-Key", "ids").is(202, "").has("source.number",
		p.customer.Number)
	g.send("POST", "/transfers", merge, "Idempotency-Key", "ids").is(202, "").has("number", first.at("number"))
	g.awaitOrder(first.at("number").(string)).has("status", "completed")

	for field, value := range map[string]any{
		"running_term": "novate", "include_children": true, "rates": map[string]string{"EUR/GBP": "0.86"},
		"new_parent": p.thames.Number,
	} {
		g.send("POST", "/transfers/preview", map[string]any{
			"kind": "merge", "source_customer": "EXT-C",
			"target_customer": "EXT-G", field: value,
		}).
			is(422, "INVALID").has("errors.0.field", field)
	}
}

// An outside id out of scope is as unknown as one that no record has.
func TestAPIOutsideIDsOutOfScope(t *testing.T) {
	d := newDesk(t)
	d.world.Exec(`update customers set external_id = 'EXT-C' where id = $1`, d.customer.ID)
	own := d.world.Customer(testdb.Customer{Distributor: d.nordlys.ID, Name: "Own"})
	reseller := d.asProgram(d.world.Staff(testdb.Staff{Distributor: d.nordlys.ID, Role: "administrator"}))
	for _, id := range []string{"EXT-C", "EXT-X"} {
		reseller.send("POST", "/transfers/preview", map[string]any{
			"kind": "merge", "source_customer": id,
			"target_customer": own.Number,
		}).
			is(404, "NOT_FOUND").has("detail", `There is no customer "`+id+`".`)
		merge := map[string]any{"kind": "merge", "source_customer": id, "target_customer": own.Number}
		reseller.send("POST", "/transfers", merge, "Idempotency-Key", id).is(404, "NOT_FOUND").has("detail",
			`There is no customer "`+id+`".`)
		reseller.send("POST", "/transfers", merge).is(422, "INVALID").has("errors.0.field", "Idempotency-Key")
	}
	d.world.Exec(`update distributors set external_id = 'EXT-D' where id = $1`, d.nordlys.ID)
	reseller.send("POST", "/transfers/preview", map[string]any{
		"kind": "merge", "source_customer": "EXT-D",
		"target_customer": own.Number,
	}).
		is(200, "").has("findings.0.code", "ACCOUNT_NOT_CUSTOMER")
}
