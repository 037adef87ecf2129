package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/sheet"
)

// Record is an entry with its place in the chain. Every field is the text that is hashed
// and exported; "" means none. Position 0 means that it has no place yet.
type Record struct {
	Position      int64  `db:"position"`
	ID            int64  `db:"id"`
	At            string `db:"at"`
	ActorID       string `db:"actor_id"`
	ActorName     string `db:"actor_name"`
	DistributorID string `db:"distributor_id"`
	Address       string `db:"address"`
	Action        string `db:"action"`
	SubjectKind   string `db:"subject_kind"`
	Subject       string `db:"subject"`
	OrderID       string `db:"order_id"`
	Before        string `db:"before"` // JSON
	After         string `db:"after"`  // JSON
	Previous      []byte `db:"previous"`
	Hash          []byte `db:"hash"`
}

// entryFields reads the fields of an entry e as they are hashed. JSON is the text in
// which PostgreSQL prints jsonb, which is one for equal values.
const entryFields = `e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
	coalesce(e.actor_id::text, '') as actor_id, e.actor_name,
	coalesce(e.distributor_id::text, '') as distributor_id, e.address, e.action, e.subject_kind, e.subject,
	coalesce(e.order_id::text, '') as order_id, coalesce(e.before::text, '') as before,
	coalesce(e.after::text, '') as after`

// RecordColumns are the columns of a Record in a query over RecordTables.
const RecordColumns = `coalesce(s.position, 0) as position, s.previous, s.hash, ` + entryFields

// RecordTables are the entries e with their seals s.
const RecordTables = `audit_entries e left join audit_seals s on s.entry_id = e.id`

// Header names the columns of an export, in the order of Cells.
func Header() []string {
	return []string{
		"position", "id", "at", "actor_id", "actor_name", "distributor_id", "address", "action",
		"subject_kind", "subject", "order_id", "before", "after", "previous_hash", "hash",
	}
}

// fields are what the hash covers, in the order of Header.
func (r Record) fields() []string {
	position := ""
	if r.Position != 0 {
		position = strconv.FormatInt(r.Position, 10)
	}
	return []string{
		position, strconv.FormatInt(r.ID, 10), r.At, r.ActorID, r.ActorName, r.DistributorID, r.Address, r.Action,
		r.SubjectKind, r.Subject, r.OrderID, r.Before, r.After,
	}
}

// Time returns when it happened; the zero time when the text is none.
func (r Record) Time() time.Time {
	at, _ := time.Parse(time.RFC3339Nano, r.At)
	return at
}

// Cells returns the row of an export. What a spreadsheet would take for a formula
// has an apostrophe before it (sheet.Escape).
func (r Record) Cells() []string {
	cells := append(r.fields(), hex.EncodeToString(r.Previous), hex.EncodeToString(r.Hash))
	for i, c := range cells {
		cells[i] = sheet.Escape(c)
	}
	return cells
}

// digest is the hash of the record behind the previous one: SHA-256 of the previous
// hash in hexadecimal and a line feed, then each field as its length in bytes, a
// colon, its bytes, and a line feed.
func (r Record) digest(previous []byte) []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%x\n", previous)
	for _, f := range r.fields() {
		fmt.Fprintf(sum, "%d:%s\n", len(f), f)
	}
	return sum.Sum(nil)
}

// slice is how many entries are sealed, verified or exported at a time.
const slice = 1000

// Chain returns the records that follow the position in the chain up to the last one
// wanted, 1,000 at most.
func Chain(ctx context.Context, q db.Querier, after, last int64) ([]Record, error) {
	var out []Record
	err := q.SelectContext(ctx, &out, `select `+RecordColumns+`
		from audit_seals s join audit_entries e on e.id = s.entry_id
		where s.position > $1 and s.position <= $2 order by s.position limit $3`, after, last, slice)
	if err != nil {
		return nil, fmt.Errorf("read the audit chain: %w", err)
	}
	return out, nil
}

// BeginExport notes that the whole log is taken out, seals what is committed, and
// returns the head up to which to read the Chain: the export's own entry is in it.
func BeginExport(ctx context.Context, pool *sqlx.DB, actor Actor) (Head, error) {
	err := Append(ctx, pool, Entry{Actor: actor, Action: "export", SubjectKind: "list", Subject: "audit-log"})
	if err != nil {
		return Head{}, err
	}
	if err := Seal(ctx, pool); err != nil {
		return Head{}, err
	}
	return ReadHead(ctx, pool)
}
