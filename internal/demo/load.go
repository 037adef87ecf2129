package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/fault"
)

// Summary says what Load put into the database.
type Summary struct {
	Size    Size
	Records int            // rows of all files
	Files   map[string]int // rows by file: "customers.csv"
	SignIns []SignIn
}

// Load imports the demo data of the size into an empty database and adds the
// people of SignIns. If an earlier Load stopped between the two, it adds who is
// missing; any other database that has distributors is refused.
func Load(ctx context.Context, db *sqlx.DB, size Size, today time.Time) (Summary, error) {
	out := Summary{Size: size, Files: map[string]int{}, SignIns: SignIns()}
	empty, err := isEmpty(ctx, db)
	if err != nil {
		return out, err
	}
	actor := audit.Actor{Name: "handover demo"}
	if empty {
		files, err := World(size, Seed, today)
		if err != nil {
			return out, err
		}
		report, err := exchange.Import(ctx, db, files, exchange.Options{Actor: actor})
		if err != nil {
			return out, wrong(err, report)
		}
		for _, f := range report.Files {
			out.Files[f.File] = f.Added
			out.Records += f.Added
		}
	}
	return out, addStaff(ctx, db, actor)
}

// contents says what a database holds.
type contents struct {
	Distributors int  `db:"distributors"`
	Demo         bool `db:"demo"`
	Staff        int  `db:"staff"`
}

func look(ctx context.Context, db *sqlx.DB) (contents, error) {
	var is contents
	err := db.GetContext(ctx, &is, `
		select count(*) as distributors, coalesce(bool_or(parent_id is null and external_id = $1), false) as demo,
		       (select count(*) from staff) as staff
		from distributors`, aurora)
	if err != nil {
		return is, fmt.Errorf("look what the database holds: %w", err)
	}
	return is, nil
}

// isEmpty reports whether the database has no distributors. It refuses one that
// has, unless only people are missing from its demo data.
func isEmpty(ctx context.Context, db *sqlx.DB) (bool, error) {
	is, err := look(ctx, db)
	if err != nil {
		return false, err
	}
	if is.Distributors == 0 {
		return true, nil
	}
	if is.Demo && is.Staff < len(SignIns()) {
		return false, nil
	}
	return false, fault.New(fault.Conflict,
		"Demo data is loaded into an empty database only; this one has %d distributors already.", is.Distributors)
}

// wrong adds the first mistake that an import found in the files.
func wrong(err error, report exchange.Report) error {
	if len(report.Errors) > 0 {
		err = errors.Join(err, errors.New(report.Errors[0].String()))
	}
	return fmt.Errorf("load the demo data: %w", err)
}
