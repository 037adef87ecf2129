package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// fingerprint digests what the preview rests on: the request, the records that
// move with their links, balances, prices, and the findings. The periods relied on are
// in it through PERIOD_CLOSED, since today's period would bring the clock in. Unbilled
// usage, which trickles in all the time, and the age of the rate table are left out (docs/domain.md 5).
func fingerprint(ctx context.Context, q db.Querier, s *situation.Situation, p *transfer.Preview) (string, error) {
	roots, err := rootDigests(ctx, q, s)
	if err != nil {
		return "", err
	}
	cut := "" // the clock counts only where something is cut
	if len(s.Term.Remaining()) > 0 {
		cut = s.Term.CutOn
	}
	text, err := json.Marshal(map[string]any{
		"cut_on": cut, "request": s.Request.Asked(), "account": accountFacts(s), "roots": roots,
		"plans": p.Plans, "terms": p.Terms, "payment_methods": p.PaymentMethods,
		"allocations": p.Allocations, "fields": p.Fields, "splits": p.Splits, "linked": p.Linked, "memos": p.Memos,
		"findings": findingFacts(p.Findings),
		"balances": []transfer.Amount{
			p.Source.BalanceBefore, p.Source.BalanceAfter, p.Target.BalanceBefore,
			p.Target.BalanceAfter,
		},
	})
	if err != nil {
		return "", fmt.Errorf("write what the preview rests on: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// accountFacts are the facts of the accounts that the preview shows and copies.
func accountFacts(s *situation.Situation) []any {
	a := s.Source
	return []any{
		s.Target.ID, s.Target.Name, s.Target.Status, s.Target.Country, s.Target.TaxID, s.Target.CRMID,
		s.Target.BillToParent,
		a.ID, a.Name, a.Email, a.Currency, a.Country, a.TaxID, a.CRMID, a.BillToParent, a.Status, a.DistributorID,
		s.From.LegalEntity, s.From.MerchantAccount, s.To.ID, s.To.Currency, s.To.LegalEntity, s.To.MerchantAccount,
		s.To.Status,
	}
}

// rootDigests digests, kind by kind, the root records that move, and the allocations
// of the source's payments and credit memos.
func rootDigests(ctx context.Context, q db.Querier, s *situation.Situation) (map[string]string, error) {
	digests := map[string]string{}
	if s.NotCustomer {
		return digests, nil
	}
	statements := []string{linkDigestSQL}
	for _, k := range record.Kinds {
		if moves := s.Rule(k); k.Root && moves != "" {
			statements = append(statements, rootDigestSQL(k, moves))
		}
	}
	text, values := record.Bind(strings.Join(statements, "\nunion all\n"), s.Args())
	var rows []struct {
		Name   string `db:"name"`
		Digest string `db:"digest"`
	}
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, fmt.Errorf("digest the records that move: %w", err)
	}
	for _, r := range rows {
		digests[r.Name] = r.Digest
	}
	return digests, nil
}

// rootDigestSQL digests whole rows, their links, dates, prices and states, in constant
// memory whatever their number.
func rootDigestSQL(k record.Kind, moves string) string {
	from := fmt.Sprintf(`%s t where t.customer_id = @source`, k.Table)
	if moves != "true" {
		from = fmt.Sprintf(`(%s) m join %s t on t.id = m.id`,
			k.Ids("r.customer_id = @source and "+record.At(moves, "r")), k.Table)
	}
	return fmt.Sprintf(`select '%s' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from %s`, k.Name, from)
}

// linkDigestSQL digests the allocations of the source's payments and credit memos.
const linkDigestSQL = `select 'links' as name, concat(count(*), ':', sum(hash)) as digest from (
    select hash_record_extended(a, 0) as hash from payment_allocations a join payments p on p.id = a.payment_id
    where p.customer_id = @source
    union all
    select hash_record_extended(a, 0) from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
    where m.customer_id = @source) links`

// findingFacts are the codes and records of the findings, without records that come at any time
// and without what comes with time alone.
func findingFacts(findings []transfer.Finding) []any {
	var facts []any
	for _, f := range findings {
		if f.Code.Volatile() {
			continue
		}
		var records []transfer.Record
		for _, r := range f.Records {
			if k, _ := record.KindOf(r.Kind); !k.Streaming {
				records = append(records, r)
			}
		}
		facts = append(facts, []any{f.Code, records})
	}
	return facts
}
