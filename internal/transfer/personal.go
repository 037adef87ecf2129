package transfer

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// The lawful bases under the General Data Protection Regulation.
const (
	basisContract = "performance of the contract with the customer, GDPR Art. 6(1)(b)"
	basisMinimal  = "data minimisation, GDPR Art. 5(1)(c)"
	basisUnknown  = "not established by the transfer: whoever requested it accepted that the data pass to another " +
		"legal entity and must hold the customer's consent, GDPR Art. 6(1)(a)"
)

// recipient is who holds the data afterwards.
func (s *situation) recipient() *Recipient {
	return &Recipient{LegalEntity: s.to.entityName(), Country: s.to.Country, Same: s.from.sameEntity(s.to)}
}

func (x *execution) state(d PersonalData) { x.result.Personal = append(x.result.Personal, d) }

// passOn states that data went along because the contract needs them.
func (x *execution) passOn(what string, count int, why string) {
	x.state(PersonalData{What: what, Went: true, Count: count, Why: why, Basis: basisContract})
}

// passOnChosen states that data went along because the requester chose the mode with
// terms and payment methods. Between two legal entities the contract alone is no basis.
func (x *execution) passOnChosen(what string, count int, why string) {
	basis := basisContract
	if !x.from.sameEntity(x.to) {
		basis = basisUnknown
	}
	x.state(PersonalData{What: what, Went: true, Count: count, Why: why, Basis: basis})
}

// withhold states that data stayed behind; nothing is stated of none.
func (x *execution) withhold(what string, count int, why string) {
	if count > 0 {
		x.state(PersonalData{What: what, Count: count, Why: why, Basis: basisMinimal})
	}
}

// withholdByMode states what the mode without terms and payment methods leaves behind, also
// where there is none of it.
func (x *execution) withholdByMode(what string, count int) {
	why := "the requester chose to transfer subscriptions only; the new distributor is another legal entity"
	if x.from.sameEntity(x.to) {
		why = "the requester chose to transfer subscriptions only, although both distributors are one legal entity"
	}
	x.state(PersonalData{What: what, Count: count, Why: why, Basis: basisMinimal})
}

// withholdPeople states what a transfer of subscriptions leaves with the source customer.
func (x *execution) withholdPeople(ctx context.Context, q db.Querier) error {
	var n struct {
		Contacts    int `db:"contacts"`
		Acceptances int `db:"acceptances"`
	}
	err := q.GetContext(ctx, &n, `
		select (select count(*) from contacts where customer_id = $1) as contacts,
		       (select count(*) from terms_acceptances where customer_id = $1) as acceptances`, x.source.ID)
	if err != nil {
		return fmt.Errorf("count the contacts and acceptances that stay: %w", err)
	}
	const why = "a transfer of subscriptions leaves the customers' own data as they are"
	x.withhold("contacts", n.Contacts, why)
	x.withhold("terms acceptances", n.Acceptances, why)
	return nil
}
