package situation

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/transfer"
)

// acceptance is a terms acceptance of the source with the new distributor's document
// of the same root document, if there is one.
type acceptance struct {
	ID       int64  `db:"id"`
	TermsID  int64  `db:"terms_id"`
	Number   string `db:"number"`
	Title    string `db:"title"`
	TargetID *int64 `db:"target_id"`
}

// paymentMethod is an active payment method of the source and whether it is kept.
type paymentMethod struct {
	ID              int64  `db:"id"`
	Number          string `db:"number"`
	Label           string `db:"label"`
	Kind            string `db:"kind"`
	MerchantAccount string `db:"merchant_account"`
	Kept            bool
}

// loadTerms finds each acceptance its document of the new distributor: the one with
// the same root document; of several the one entered last. Only the mode with terms
// takes acceptances along.
func loadTerms(ctx context.Context, q db.Querier, s *Situation) error {
	if s.Request.Mode != transfer.ModeEverything {
		return nil
	}
	err := q.SelectContext(ctx, &s.Acceptance, `
		select a.id, a.terms_id, number_of('T', t.id) as number, t.title,
		       (select b.id from terms b join terms_roots br on br.terms_id = b.id
		        where b.distributor_id = $2 and br.root_id = r.root_id order by b.id desc limit 1) as target_id
		from terms_acceptances a join terms t on t.id = a.terms_id join terms_roots r on r.terms_id = t.id
		where a.customer_id = $1 order by a.id`, s.Source.ID, s.To.ID)
	if err != nil {
		return fmt.Errorf("read the terms acceptances: %w", err)
	}
	return nil
}

// loadMethods reads the active payment methods; one is kept in the mode with payment
// methods when both distributors process it through the same merchant account.
func loadMethods(ctx context.Context, q db.Querier, s *Situation) error {
	err := q.SelectContext(ctx, &s.Methods, `
		select id, number_of('PM', id) as number, label, kind, merchant_account from payment_methods
		where customer_id = $1 and status = 'active' order by id`, s.Source.ID)
	if err != nil {
		return fmt.Errorf("read the payment methods: %w", err)
	}
	for i := range s.Methods {
		m := &s.Methods[i]
		m.Kept = s.Flow.KeepsMethods && s.Request.Mode == transfer.ModeEverything &&
			m.MerchantAccount != "" && m.MerchantAccount == s.To.MerchantAccount
	}
	return nil
}
