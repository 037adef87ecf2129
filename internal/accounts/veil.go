package accounts

import (
	"context"
	"fmt"
	"regexp"

	"github.com/lib/pq"

	"handover/internal/db"
)

// carried is the text of a memo that carries a balance, and of its journal entry: it names
// the other side. The last part is the other legal entity, or the documents that are carried.
var carried = regexp.MustCompile(`(?s)^Balance carried (to|from) .* by (TO-\d+)(?:, intercompany with .*|(: .*))?$`)

// CarriedSQL is an expression that writes a text as a reader sees it who may not know the
// other side; what is searched for is compared with it.
func CarriedSQL(w *db.Where, text string) string {
	return w.Bind(`regexp_replace(`+text+`, ?, ?)`,
		`^Balance carried (to|from) .* by (TO-[0-9]+)(?:, intercompany with .*|(: .*))?$`, `Balance carried \1 another distributor by \2\3`)
}

// Veil rewrites texts of memos and journal entries whose other side lies outside the
// scope, so that they do not name it.
func (s Scope) Veil(ctx context.Context, q db.Querier, texts ...*string) error {
	if s.Everything {
		return nil
	}
	naming := map[int64][]*string{}
	ids := []int64{}
	for _, text := range texts {
		if m := carried.FindStringSubmatch(*text); m != nil {
			id, _ := ParseNumber("TO", m[2])
			naming[id] = append(naming[id], text)
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var w db.Where
	w.And("o.id = any(?)", pq.Array(ids))
	s.Apply(&w, "o.source_distributor_id")
	s.Apply(&w, "o.target_distributor_id")
	var known []int64
	if err := q.SelectContext(ctx, &known, `select o.id from transfer_orders o `+w.SQL(), w.Args()...); err != nil {
		return fmt.Errorf("read both sides of the transfers: %w", err)
	}
	for _, id := range known {
		delete(naming, id)
	}
	for _, list := range naming {
		for _, text := range list {
			*text = carried.ReplaceAllString(*text, "Balance carried $1 another distributor by $2$3")
		}
	}
	return nil
}
