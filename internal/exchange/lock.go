package exchange

import (
	"context"
	"fmt"
	"strings"
)

// ownedBy are the tables whose rows name the customer who owns them.
var ownedBy = map[string]bool{
	"subscriptions": true, "service_users": true, "invoices": true, "payments": true, "credit_memos": true,
	"debit_memos": true,
}

// lock keeps transfers away from the accounts that the files are about, in the order in
// which transfers lock them. A transfer in progress may have given a record to another
// account: then it locks that one too.
func (im *importer) lock(ctx context.Context) error {
	var parts []string
	for _, l := range im.loads {
		if l.table == "customers" && l.id() || ownedBy[l.table] {
			parts = append(parts, im.ownersOf(l.name, l.table, "rec_id"))
		}
		for _, c := range l.columns {
			if c.to == "customers" || ownedBy[c.to] {
				parts = append(parts, im.ownersOf(l.name, c.to, c.name))
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	statement := `select c.id from customers c where c.id in (` + strings.Join(parts, " union ") +
		`) order by c.id for key share`
	for locked := int64(-1); ; {
		result, err := im.tx.ExecContext(ctx, statement)
		if err != nil {
			return fmt.Errorf("lock the customers: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil || n == locked {
			return err
		}
		locked = n
	}
}

// ownersOf selects the customers behind a column that refers to the rows of a table.
func (im *importer) ownersOf(name, table, column string) string {
	if table == "customers" {
		return fmt.Sprintf("select l.%s from load_%s l", column, name)
	}
	return fmt.Sprintf("select x.customer_id from %s x join load_%s l on l.%s = x.id", table, name, column)
}
