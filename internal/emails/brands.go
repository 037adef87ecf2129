package emails

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Brand is a brand whose mails the reader may word.
type Brand struct {
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Color  string `db:"primary_color"`
	Worded string `db:"worded"` // the kinds that have words of their own, with spaces between
}

// Own returns the kinds of mails that have words of their own in the brand.
func (b Brand) Own() []string { return strings.Fields(b.Worded) }

// Brands returns the brands that only distributors in the scope use: the words of a brand
// that others use too are not the reader's to change.
func Brands(ctx context.Context, q db.Querier, s accounts.Scope) ([]Brand, error) {
	w := ownBrands(s)
	var list []Brand
	err := q.SelectContext(ctx, &list, `
		select b.id, b.name, b.primary_color,
		       (select coalesce(string_agg(t.kind, ' '), '') from mail_templates t where t.brand_id = b.id) as worded
		from brands b `+w.SQL()+` order by b.name, b.id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list the brands: %w", err)
	}
	return list, nil
}

// ownBrands is the condition on a brand b.
func ownBrands(s accounts.Scope) *db.Where {
	w := new(db.Where)
	if !s.Everything {
		inside := s.Condition(w, "d.id")
		w.And(`exists (select 1 from distributors d where d.brand_id = b.id and ` + inside +
			`) and handover_brand_within(b.id, handover_below(` + w.Arg(s.Root) + `))`)
	}
	return w
}

// GetBrand returns one of Brands; another is a NotFound fault.
func GetBrand(ctx context.Context, q db.Querier, s accounts.Scope, id int64) (Brand, error) {
	w := ownBrands(s)
	w.And("b.id = ?", id)
	var b Brand
	err := q.GetContext(ctx, &b, `
		select b.id, b.name, b.primary_color,
		       (select coalesce(string_agg(t.kind, ' '), '') from mail_templates t
		        where t.brand_id = b.id) as worded from brands b `+w.SQL(), w.Args()...)
	if err != nil {
		return b, db.NotFound(fmt.Errorf("read a brand: %w", err), msgNoBrand)
	}
	return b, nil
}

// Words returns what the mail says in the brand, and whether these are its own words.
func Words(ctx context.Context, q db.Querier, brandID int64, k Kind) (t Template, own bool, err error) {
	err = q.GetContext(ctx, &t, `select subject, body from mail_templates where brand_id = $1 and kind = $2`,
		brandID, k.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return k.usual(), false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("read a mail template: %w", err)
	}
	return t, true, nil
}

// SetWords gives the mail words of its own in the brand, and with nil those of Handover
// again. What cannot be sent is an Invalid fault that names it.
func SetWords(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s accounts.Scope, brandID int64, name Name,
	t *Template,
) error {
	k, ok := KindOf(name)
	if !ok {
		return fault.New(fault.NotFound, msgNoMail, name)
	}
	if t != nil {
		if err := k.Check(*t); err != nil {
			return err
		}
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		b, err := GetBrand(ctx, tx, s, brandID)
		if err != nil {
			return err
		}
		before, _, err := Words(ctx, tx, b.ID, k)
		if err != nil {
			return err
		}
		after := k.usual()
		if t == nil {
			_, err = tx.ExecContext(ctx, `delete from mail_templates where brand_id = $1 and kind = $2`, b.ID, k.Name)
		} else {
			after = *t
			_, err = tx.ExecContext(ctx, `
				insert into mail_templates (brand_id, kind, subject, body) values ($1, $2, $3, $4)
				on conflict (brand_id, kind) do update set subject = excluded.subject, body = excluded.body,
				changed_at = now()`, b.ID, k.Name, t.Subject, t.Body)
		}
		if err != nil {
			return fmt.Errorf("write a mail template: %w", err)
		}
		if before == after {
			return nil
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "mail_template.change", SubjectKind: "brand", Subject: b.Name,
			Before: map[string]any{"kind": k.Name, "subject": before.Subject, "body": before.Body},
			After:  map[string]any{"kind": k.Name, "subject": after.Subject, "body": after.Body},
		})
	})
}
