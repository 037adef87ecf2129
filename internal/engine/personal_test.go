package engine

import (
	"strings"
	"testing"

	"handover/internal/engine/flow"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestDataProtectionRecordStatesTheTrueReason compares what was passed on and withheld
// with why it really was.
func TestDataProtectionRecordStatesTheTrueReason(t *testing.T) {
	t.Parallel()
	const otherEntity = "another legal entity"
	for name, c := range map[string]struct {
		ask       func(d *desk) transfer.Request
		went      map[string]int
		withheld  map[string]int
		why       []string // said of what was withheld
		never     string   // said of nothing
		recipient transfer.Recipient
	}{
		"subscriptions only, within one legal entity": {
			ask: func(d *desk) transfer.Request {
				r := d.toNordlys()
				r.Mode = transfer.ModeSubscriptions
				return r
			},
			went:     map[string]int{"name, address, email, tax id and contacts": 1},
			withheld: map[string]int{"payment methods": 2, "terms acceptances": 2},
			why: []string{"the requester chose to transfer subscriptions only, although both distributors " +
				"are one legal entity"}, never: otherEntity,
			recipient: transfer.Recipient{LegalEntity: "Aurora Cloud AS", Country: "NO", Same: true},
		},
		"subscriptions only, to another legal entity": {
			ask:      (*desk).toThames,
			went:     map[string]int{"name, address, email, tax id and contacts": 1},
			withheld: map[string]int{"payment methods": 2, "terms acceptances": 2},
			why: []string{"the requester chose to transfer subscriptions only; the new distributor is " +
				"another legal entity"}, never: "one legal entity",
			recipient: transfer.Recipient{LegalEntity: "Thames Cloud AS", Country: "GB", Same: false},
		},
		"with terms and payment methods, within one legal entity": {
			ask: (*desk).toNordlys,
			went: map[string]int{
				"name, address, email, tax id and contacts": 1, "terms acceptances": 1,
				"payment methods": 1,
			},
			withheld: map[string]int{"payment methods": 1, "terms acceptances": 1},
			why: []string{
				"does not process them through the same merchant account",
				"has no document with the same root document",
			}, never: otherEntity,
			recipient: transfer.Recipient{LegalEntity: "Aurora Cloud AS", Country: "NO", Same: true},
		},
		"a merge": {
			ask:      func(d *desk) transfer.Request { return d.into(d.peer(), "") },
			went:     map[string]int{"contacts": 1, "terms acceptances": 2},
			withheld: map[string]int{"payment methods": 2},
			why:      []string{"payment methods never move between customers"}, never: "legal",
			recipient: transfer.Recipient{LegalEntity: "Aurora Cloud AS", Country: "NO", Same: true},
		},
		"subscriptions of a customer": {
			ask: func(d *desk) transfer.Request {
				return d.give(d.peer(), "", d.subscribe(testdb.Subscription{}))
			},
			withheld: map[string]int{"payment methods": 2, "contacts": 1, "terms acceptances": 2},
			why: []string{
				"payment methods never move between customers",
				"leaves the customers' own data as they are",
			}, never: "legal",
			recipient: transfer.Recipient{LegalEntity: "Aurora Cloud AS", Country: "NO", Same: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.Exec(`update distributors set country = 'GB' where id = $1`, d.thames.ID)
			d.Contact(testdb.Contact{Customer: d.customer.ID})
			d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: d.nordlys.MerchantAccount})
			d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: "merchant-other"})
			root := d.Terms(testdb.Terms{Title: "Pro terms"})
			d.Terms(testdb.Terms{Title: "Pro terms", DerivedFrom: root.ID, Distributor: d.nordlys.ID})
			d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: root.ID})
			d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: d.Terms(testdb.Terms{Title: "Annex"}).ID})
			result := d.transfer(c.ask(d)).Result
			went, withheld, why := map[string]int{}, map[string]int{}, ""
			for _, p := range result.Personal {
				into := withheld
				if p.Went {
					into = went
				} else {
					why += p.Why + "\n"
				}
				into[p.What] += p.Count
				if strings.Contains(p.Why, c.never) {
					t.Errorf("%s: %q is not the reason", p.What, p.Why)
				}
				if want := map[bool]string{
					true:  flow.BasisContract,
					false: flow.BasisMinimal,
				}[p.Went]; p.Basis != want {
					t.Errorf("%s: the basis is %q, want %q", p.What, p.Basis, want)
				}
			}
			for what, want := range c.went {
				if went[what] != want {
					t.Errorf("%s: %d went along, want %d", what, went[what], want)
				}
			}
			for what, want := range c.withheld {
				if withheld[what] != want {
					t.Errorf("%s: %d withheld, want %d", what, withheld[what], want)
				}
			}
			if len(went) != len(c.went) || len(withheld) != len(c.withheld) {
				t.Errorf("went %v, withheld %v", went, withheld)
			}
			for _, want := range c.why {
				if !strings.Contains(why, want) {
					t.Errorf("no reason is %q: %s", want, why)
				}
			}
			if result.Recipient == nil || *result.Recipient != c.recipient {
				t.Errorf("the recipient is %+v, want %+v", result.Recipient, c.recipient)
			}
		})
	}
}

// Between two legal entities the contract is no basis for passing on payment details.
func TestDataProtectionRecordClaimsNoBasisBetweenLegalEntities(t *testing.T) {
	d := newDesk(t)
	d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: d.thames.MerchantAccount})
	ask := d.toThames()
	ask.Mode = transfer.ModeEverything
	for _, p := range d.transfer(ask).Result.Personal {
		if p.What == "payment methods" && (!p.Went || p.Basis != flow.BasisUnknown) {
			t.Errorf("got %+v", p)
		}
	}
}
