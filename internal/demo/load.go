package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
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

// batchSize is how many customers are generated and copied at a time: enough for the
// statements to be few, and little memory.
const batchSize = 500

// Load copies the demo data of the size into an empty database, all or nothing, and
// adds the people of SignIns. If an earlier Load stopped between the two, it adds who is
// missing; a Conflict fault refuses any other database that has distributors. It reports the
// number of customers and records after each batch to progress, if that is not nil.
func Load(ctx context.Context, db *sqlx.DB, size Size, today time.Time,
	progress func(customers, records int),
) (Summary, error) {
	out := Summary{Size: size, Files: map[string]int{}, SignIns: SignIns()}
	empty, err := isEmpty(ctx, db)
	if err != nil {
		return out, err
	}
	actor := audit.Actor{Name: "handover demo"}
	if empty {
		extent, err := size.extent()
		if err != nil {
			return out, err
		}
		report, err := exchange.Fill(ctx, db, packed(batches(extent, Seed, today, batchSize)),
			exchange.Options{Actor: actor}, func(r exchange.Report) {
				out.count(r)
				if progress != nil {
					progress(out.Files["customers.csv"], out.Records)
				}
			})
		if err != nil {
			return out, wrong(err, report)
		}
	}
	return out, addStaff(ctx, db, actor)
}

// packed packs each batch into files, one batch ahead of who reads them: the database
// works on one while the next is generated.
func packed(worlds iter.Seq[*world]) iter.Seq2[fs.FS, error] {
	type batch struct {
		files fs.FS
		err   error
	}
	return func(yield func(fs.FS, error) bool) {
		made, stop := make(chan batch), make(chan struct{})
		defer close(stop)
		go func() {
			defer close(made)
			for w := range worlds {
				files, err := pack(w)
				select {
				case made <- batch{files, err}:
				case <-stop:
					return
				}
			}
		}()
		for b := range made {
			if !yield(b.files, b.err) {
				return
			}
		}
	}
}

// count takes over what was added so far.
func (s *Summary) count(r exchange.Report) {
	s.Records = 0
	for _, f := range r.Files {
		s.Files[f.File] = f.Added
		s.Records += f.Added
	}
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
		msgNotEmpty, is.Distributors)
}

// wrong adds the first mistake that was found in the files.
func wrong(err error, report exchange.Report) error {
	if len(report.Errors) > 0 {
		err = errors.Join(err, errors.New(report.Errors[0].String()))
	}
	return fmt.Errorf("load the demo data: %w", err)
}
