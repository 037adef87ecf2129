package db

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handover/internal/fault"
)

// Order is one order in which a list can be read. Expr must never be null; ties
// are broken by the row's id.
type Order struct {
	Key  string // as written in the address: "name"
	Expr string // "c.name"
	Type string // of Expr: "text", "bigint", "numeric", "date" or "timestamptz"
}

// Page says which part of a list to read.
type Page struct {
	Sort   string // key of an order, with "-" before it descending; "" is the list's own
	Size   int
	After  string // cursor: the rows that follow it
	Before string // cursor: the rows that lead up to it
}

// Keyset pages a list by the place of its first and last row, never by counting
// rows off: no row is shown twice or left out when others come and go.
type Keyset struct {
	order    Order
	id       string
	desc     bool
	size     int
	from     *place
	backward bool
	sort     string
}

// Key is the place of a row in its list. Rows of a paged list embed it and
// select Keyset.Columns.
type Key struct {
	Text string `db:"cursor_key"`
	ID   int64  `db:"cursor_id"`
}

func (k Key) key() Key { return k }

// Part is what a page shows, and the cursors that lead on: "" where the list ends.
type Part[T any] struct {
	Rows          []T
	Before, After string
}

type place struct {
	Sort string `json:"s"`
	Text string `json:"k"`
	ID   int64  `json:"i"`
}

// NewKeyset reads a page of a list with these orders; the first is the list's
// own, descending when standing is "-". id is the expression of the row's id.
func NewKeyset(p Page, id, standing string, orders ...Order) (Keyset, error) {
	k := Keyset{order: orders[0], id: id, size: p.Size, sort: p.Sort}
	if k.sort == "" {
		k.sort = standing + orders[0].Key
	}
	key, desc := strings.CutPrefix(k.sort, "-")
	n := slices.IndexFunc(orders, func(o Order) bool { return o.Key == key })
	if n < 0 {
		return k, fault.InvalidField("sort", msgNotSortable, key)
	}
	k.order, k.desc = orders[n], desc
	cursor := p.After
	if p.Before != "" {
		cursor, k.backward = p.Before, true
	}
	if cursor == "" {
		return k, nil
	}
	from, err := readPlace(cursor)
	if err != nil || from.Sort != k.sort || !readable(from.Text, k.order.Type) {
		return k, fault.InvalidField("after", msgCursorUnreadable)
	}
	k.from = &from
	return k, nil
}

// Columns returns the columns of Key.
func (k Keyset) Columns() string {
	return fmt.Sprintf("(%s)::text as cursor_key, %s as cursor_id", k.order.Expr, k.id)
}

// Apply adds the condition that starts the page.
func (k Keyset) Apply(w *Where) {
	if k.from == nil {
		return
	}
	compare := ">"
	if k.desc != k.backward {
		compare = "<"
	}
	if k.order.Expr == k.id {
		w.And(k.id+" "+compare+" ?", k.from.ID)
		return
	}
	w.And(fmt.Sprintf("(%s, %s) %s (?::%s, ?::bigint)", k.order.Expr, k.id, compare, k.order.Type),
		k.from.Text, k.from.ID)
}

// Tail returns "order by ... limit ...". It reads one row more than the page
// shows, to know whether there are more.
func (k Keyset) Tail() string {
	dir := "asc"
	if k.desc != k.backward {
		dir = "desc"
	}
	if k.order.Expr == k.id {
		return fmt.Sprintf("order by %s %s limit %d", k.id, dir, k.size+1)
	}
	return fmt.Sprintf("order by %s %s, %s %s limit %d", k.order.Expr, dir, k.id, dir, k.size+1)
}

// Cut turns the rows that were read into the page, in the list's order.
func Cut[T interface{ key() Key }](k Keyset, rows []T) Part[T] {
	more := len(rows) > k.size
	if more {
		rows = rows[:k.size]
	}
	if k.backward {
		slices.Reverse(rows)
	}
	part := Part[T]{Rows: rows}
	if len(rows) == 0 {
		return part
	}
	// Reading backward, the rows that one came from follow; reading forward from a
	// place, some lead up to it.
	if k.backward && more || !k.backward && k.from != nil {
		part.Before = k.cursor(rows[0].key())
	}
	if k.backward || more {
		part.After = k.cursor(rows[len(rows)-1].key())
	}
	return part
}

func (k Keyset) cursor(at Key) string {
	text, err := json.Marshal(place{Sort: k.sort, Text: at.Text, ID: at.ID})
	if err != nil { // strings and a number always marshal
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readPlace(cursor string) (place, error) {
	var p place
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	return p, err
}

// readable reports whether the database can read the text of a cursor as the type;
// a cursor comes from an address that anybody can change.
func readable(text, kind string) bool {
	switch kind {
	case "bigint":
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	case "numeric":
		_, err := decimal.NewFromString(text)
		return err == nil && !strings.ContainsAny(text, "eE")
	case "date":
		day, err := time.Parse(time.DateOnly, text)
		return err == nil && day.Year() > 0 // the database has no year 0
	case "timestamptz": // as PostgreSQL writes it: 2026-11-21 14:02:11.0432+00
		at, err := time.Parse("2006-01-02 15:04:05.999999Z07", text)
		return err == nil && at.Year() > 0
	default:
		return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
	}
}
