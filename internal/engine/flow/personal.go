package flow

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/transfer"
)

// The lawful bases under the General Data Protection Regulation.
const (
	BasisContract = basisContract
	BasisMinimal  = basisMinimisation
	BasisUnknown  = basisConsent
)

// recipient is who holds the data afterwards.
func recipient(s *situation.Situation) *transfer.Recipient {
	return &transfer.Recipient{LegalEntity: s.To.EntityName(), Country: s.To.Country, Same: s.From.SameEntity(s.To)}
}

func (x *Execution) state(d transfer.PersonalData) { x.Result.Personal = append(x.Result.Personal, d) }

// PassOn states that data went along because the contract needs them.
func (x *Execution) PassOn(what string, count int, why string) {
	x.state(transfer.PersonalData{What: what, Went: true, Count: count, Why: why, Basis: BasisContract})
}

// passOnChosen states that data went along because the requester chose the mode with
// terms and payment methods. Between two legal entities the contract alone is no basis.
func (x *Execution) passOnChosen(what string, count int, why string) {
	basis := BasisContract
	if !x.From.SameEntity(x.To) {
		basis = BasisUnknown
	}
	x.state(transfer.PersonalData{What: what, Went: true, Count: count, Why: why, Basis: basis})
}

// withhold states that data stayed behind; nothing is stated of none.
func (x *Execution) withhold(what string, count int, why string) {
	if count > 0 {
		x.state(transfer.PersonalData{What: what, Count: count, Why: why, Basis: BasisMinimal})
	}
}

// withholdByMode states what the mode without terms and payment methods leaves behind, also
// where there is none of it.
func (x *Execution) withholdByMode(what string, count int) {
	why := whyOtherEntity
	if x.From.SameEntity(x.To) {
		why = whySameEntity
	}
	x.state(transfer.PersonalData{What: what, Count: count, Why: why, Basis: BasisMinimal})
}

// withholdPeople states what a transfer of subscriptions leaves with the source customer.
func (x *Execution) withholdPeople(ctx context.Context, q db.Querier) error {
	var n struct {
		Contacts    int `db:"contacts"`
		Acceptances int `db:"acceptances"`
	}
	err := q.GetContext(ctx, &n, `
		select (select count(*) from contacts where customer_id = $1) as contacts,
		       (select count(*) from terms_acceptances where customer_id = $1) as acceptances`, x.Source.ID)
	if err != nil {
		return fmt.Errorf("count the contacts and acceptances that stay: %w", err)
	}
	const why = whyOwnDataStay
	x.withhold("contacts", n.Contacts, why)
	x.withhold(dataAcceptances, n.Acceptances, why)
	return nil
}
