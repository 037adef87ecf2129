package exchange

import (
	"context"
	"fmt"
	"strings"
)

// writeAllocations matches each line with an allocation between the same records: of
// the same amount first, then any other that no transfer wrote; what is left is new.
func writeAllocations(ctx context.Context, im *importer, l *load) error {
	var same []string
	for _, k := range l.key {
		same = append(same, fmt.Sprintf("x.%[1]s is not distinct from y.%[1]s", k))
	}
	for _, round := range []struct{ by, free string }{{"amount", "true"}, {"line", "t.order_id is null"}} {
		keys, on := strings.Join(l.key, ", "), strings.Join(same, " and ")
		partition, order := keys, "line"
		if round.by == "amount" {
			partition, on = keys+", amount", on+" and x.amount = y.amount"
		}
		_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set rec_id = m.id, is_new = false
			from (select x.line, y.id
			      from (select l.*, row_number() over (partition by %[1]s order by %[2]s) as n from {load} l
			            where l.rec_id is null) x
			      join (select t.*, row_number() over (partition by %[1]s order by t.id) as n from {table} t
			            where %[3]s and t.%[4]s in (select %[4]s from {load})
			              and not exists (select 1 from {load} u where u.rec_id = t.id)) y on %[5]s and x.n = y.n) m
			where m.line = l.line`, partition, order, round.free, l.key[0], on))
		if err != nil {
			return err
		}
	}
	// The database decides what counts (handover_settle). This is the usual value, so most
	// rows need not be written twice.
	good := "(select p.status = 'succeeded' from payments p where p.id = l.payment_id)"
	if l.has("credit_memo_id") {
		good = "(select m.status <> 'void' from credit_memos m where m.id = l.credit_memo_id)"
	}
	if l.has(parted) {
		good += " and not l." + parted
		_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set %[1]s = t.%[1]s from {table} t
			where t.id = l.rec_id and not l.is_new and l.%[1]s is distinct from t.%[1]s`, parted))
		if err != nil {
			return err
		}
	}
	if err := im.insert(ctx, l, derived{"counts", "case when " + good + " then l.amount else 0 end"}); err != nil {
		return err
	}
	return im.update(ctx, l)
}
