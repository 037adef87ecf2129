package audit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/testdb"
)

// asSuperuser runs the statements as a user who may switch every guard off.
func asSuperuser(t *testing.T, pool *sqlx.DB, statements ...string) {
	t.Helper()
	err := db.InTx(t.Context(), testdb.Superuser(t, pool), func(tx *sqlx.Tx) error {
		for _, s := range append([]string{`set local session_replication_role = replica`}, statements...) {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// forge is a function in SQL that does what the sealer does: it gives the chain new
// hashes from a position on. Only a head outside the database can show it.
const forge = `do $$
declare
    l record;
    before bytea := decode(repeat('00', 32), 'hex');
    field text;
    text bytea;
begin
    for l in select s.position, e.* from audit_seals s join audit_entries e on e.id = s.entry_id
    order by s.position loop
        text := convert_to(encode(before, 'hex') || E'\n', 'UTF8');
        foreach field in array array[l.position::text, l.id::text, to_char(l.at at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                coalesce(l.actor_id::text, ''), l.actor_name, coalesce(l.distributor_id::text, ''), l.address,
                l.action, l.subject_kind, l.subject, coalesce(l.order_id::text, ''), coalesce(l.before::text, ''),
                coalesce(l.after::text, '')] loop
            text := text || convert_to(octet_length(field) || ':' || field || E'\n', 'UTF8');
        end loop;
        update audit_seals set previous = before, hash = sha256(text) where position = l.position;
        before := sha256(text);
        update transfer_orders set audit_head_hash = before where audit_head_count = l.position;
    end loop;
    update audit_head set hash = before, count = (select count(*) from audit_seals);
end $$`

// Ten entries are sealed, a transfer order completed when there were eight.
func TestTampering(t *testing.T) {
	t.Parallel()
	const entry5 = `(select entry_id from audit_seals where position = 5)`
	tests := []struct {
		name       string
		statements []string
		want       string // part of what verify says
	}{
		{
			"a changed name",
			[]string{`update audit_entries set actor_name = 'Eva' where id = ` + entry5},
			`entry 5 at position 5 was changed`,
		},
		{
			"a changed value",
			[]string{`update audit_entries set before = '{"n": 99}' where id = ` + entry5},
			`entry 5 at position 5 was changed`,
		},
		{"a changed time", []string{`update audit_entries set at = at - interval '1 microsecond' where id = ` +
			entry5}, `entry 5 at position 5 was changed`},
		{
			"none for an empty value",
			[]string{`update audit_entries set after = null where id = ` + entry5},
			`entry 5 at position 5 was changed`,
		},
		{"text pushed from one field into the next", []string{`update audit_entries
			set action = 'tes', subject_kind = 'tnumber' where id = ` + entry5}, `entry 5 at position 5 was changed`},
		{
			"a changed hash",
			[]string{`update audit_seals set hash = sha256('x') where position = 5`},
			`entry 5 at position 5 was changed`,
		},
		{
			"a deleted entry",
			[]string{`delete from audit_entries where id = ` + entry5},
			`entry 5 at position 5 was removed`,
		},
		{"a deleted entry with its seal", []string{`delete from audit_entries where id = ` + entry5, `delete from
			audit_seals where position = 5`}, `the entry at position 5 was removed`},
		{"a deleted entry, the rest moved up", []string{
			`delete from audit_entries where id = ` + entry5, `delete from audit_seals where position = 5`,
			`update audit_seals set position = position + 100 where position > 5`, `update audit_seals
				set position = position - 101 where position > 100`,
		}, `an entry before entry 6 at position 5 was removed`},
		{
			"an inserted entry",
			[]string{`insert into audit_entries (id, action) values (1000, 'forged')`},
			`entry 1000 was inserted: it has no place in the chain`,
		},
		{"an inserted entry with a seal in the middle", []string{
			`insert into audit_entries (id, action) values (1000, 'forged')`,
			`update audit_seals set position = position + 100 where position >= 5`, `update audit_seals
				set position = position - 99 where position > 100`,
			`insert into audit_seals (position, entry_id, previous, hash) select 5, 1000, hash, sha256('x')
				from audit_seals where position = 4`,
		}, `entry 1000 at position 5 was changed`},
		{"an inserted entry with a good seal", []string{
			`insert into audit_entries (id, at, action) values (1000, '2026-01-01 00:00:00Z', 'forged')`,
			`update audit_seals set position = position + 100 where position >= 5`, `update audit_seals
				set position = position - 99 where position > 100`,
			`insert into audit_seals (position, entry_id, previous, hash)
			 select 5, 1000, hash,
			   sha256(convert_to(encode(hash, 'hex') ||
			     E'\n1:5\n4:1000\n27:2026-01-01T00:00:00.000000Z\n0:\n0:\n0:\n0:\n6:forged\n0:\n0:\n0:\n0:\n0:\n',
			       'UTF8'))
			 from audit_seals where position = 4`,
		}, `entry 1000 at position 5 was inserted: position 6 does not follow it`},
		{"two entries in each other's place", []string{
			`update audit_seals set entry_id = entry_id + 100 where position in (5, 6)`,
			`update audit_seals set entry_id = case position when 5 then 6 else 5 end where position in (5, 6)`,
		}, `entry 6 is at position 5, but entry 5 was sealed there: they were reordered`},
		{"two seals in each other's place", []string{
			`update audit_seals set position = position + 100 where position in (5, 6)`,
			`update audit_seals set position = case position when 105 then 6 else 5 end where position > 100`,
		}, `entry 6 is at position 5, but entry 5 at position 6 was sealed there: they were reordered`},
		{"a cut-off tail", []string{
			`delete from audit_entries where id > 7`, `delete from audit_seals where position > 7`,
		}, `the head of the log counts 10 entries, the chain ends at position 7: its tail was cut off`},
		{"a cut-off tail and a head that fits", []string{
			`delete from audit_entries where id > 7`, `delete from audit_seals where position > 7`,
			`update audit_head set count = 7, hash = (select hash from audit_seals where position = 7)`,
		}, `was completed when the log had 8 entries, but there is no position 8: its tail was cut off`},
		{"a cut-off tail that others grew over", []string{
			`delete from audit_entries where id > 7`, `delete from audit_seals where position > 7`,
			`update audit_head set count = 7, hash = (select hash from audit_seals where position = 7)`,
			`insert into audit_entries (action) values ('a'), ('b'), ('c')`, `insert into audit_unsealed select id
				from audit_entries where action in ('a', 'b', 'c')`,
		}, `was completed when position 8 had another hash`},
		{"a longer chain than its head", []string{`update audit_head set count = 8, hash = (select hash
			from audit_seals where position = 8)`}, `the chain has 10 entries, its head counts 8`},
		{
			"an entry removed before it was sealed",
			[]string{`insert into audit_unsealed values (2000)`},
			`entry 2000 was removed before it was sealed`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pool := sealedTen(t)
			asSuperuser(t, pool, tt.statements...)
			if got := verify(t, pool); !strings.HasPrefix(got, tt.want) && !strings.Contains(got, " "+tt.want) {
				t.Errorf("verify says %q, want %q", got, tt.want)
			}
		})
	}
}

// sealedTen makes a log of ten sealed entries whose ids are their positions.
func sealedTen(t *testing.T) *sqlx.DB {
	t.Helper()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	order := world.TransferOrder(testdb.TransferOrder{Kind: "merge"})
	appendMany(t, pool, 8)
	world.Exec(`update transfer_orders set audit_head_count = h.count, audit_head_hash = h.hash from audit_head h
		where id = $1`, order.ID)
	appendMany(t, pool, 2)
	if got := verify(t, pool); got != "" {
		t.Fatalf("before anything was done: %s", got)
	}
	return pool
}

// Who rewrites everything, heads on orders included, is found only by a head that
// was taken out before.
func TestRewrittenWhole(t *testing.T) {
	t.Parallel()
	pool := sealedTen(t)
	kept := head(t, pool)
	asSuperuser(t, pool, forge)
	if got := head(t, pool); got.String() != kept.String() {
		t.Fatalf("the forger's hash of an unchanged log is %s, want %s: it is not the documented one", got, kept)
	}
	asSuperuser(t, pool, `update audit_entries set actor_name = 'Eva' where id = 5`, forge)
	if got := verify(t, pool); got != "" {
		t.Errorf("without a kept head: %s", got)
	}
	if got := verify(t, pool, kept); got != "the head that was kept has another hash than position 10: the log "+
		"was rewritten" {
		t.Errorf("with the kept head: %q", got)
	}
	longer := kept
	longer.Count = 12
	if got := verify(t, pool, longer); !strings.Contains(got, "counts 12 entries, the chain ends at position 10") {
		t.Errorf("with a head beyond the end: %q", got)
	}
}

// The same statements as the role of the application, and as the owner of the tables
// who did not switch the guards off.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	pool := sealedTen(t)
	tampering := []string{
		`update audit_entries set actor_name = 'Eva' where id = 5`, `delete from audit_entries where id = 5`,
		`truncate audit_entries cascade`,
		`update audit_seals set position = 99 where position = 5`, `delete from audit_seals where position > 7`,
		`truncate audit_seals`,
		`update audit_head set count = 7`, `delete from audit_head`, `truncate audit_head`,
	}
	only := []string{
		`insert into audit_seals (position, entry_id, previous, hash) select 11, 5, hash, hash from audit_seals
			where position = 10`,
		`insert into audit_entries (id, action) values (1000, 'forged')`, `insert into audit_entries (at, action)
			values (now(), 'forged')`,
		`delete from audit_unsealed`, `insert into audit_unsealed values (5)`, `update audit_head set count = 99`,
		`set session_replication_role = replica`, `alter table audit_entries disable trigger all`,
	}
	behind := append(only, tampering...)
	for role, statements := range map[string][]string{
		"handover_app": behind, "handover_provider": behind,
		"handover_engine": behind, "": tampering,
	} {
		for _, s := range statements {
			if code := refusal(t, pool, role, s); code != "42501" {
				t.Errorf("as %q: %s is answered with %q, want a refusal", role, s, code)
			}
		}
	}
	if got := refusal(t, pool, "handover_provider",
		`insert into audit_entries (action) values ('appended')`); got != "" {
		t.Errorf("the application cannot append: %s", got)
	}
	for _, table := range []string{"audit_entries", "audit_seals", "audit_head"} {
		if got := refusal(t, pool, "handover_provider", `select count(*) from `+table); got != "" {
			t.Errorf("the application cannot read %s: %s", table, got)
		}
	}
	if got := verify(t, pool); got != "" || head(t, pool).Count != 11 {
		t.Errorf("afterwards: %s, head %s, want what the application appended sealed", got, head(t, pool))
	}
}

// refusal runs a statement as a role ("" = the owner) and returns the SQLSTATE of its
// error, "" when it committed.
func refusal(t *testing.T, pool *sqlx.DB, role, statement string) string {
	t.Helper()
	err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		if role != "" {
			if _, err := tx.ExecContext(t.Context(), `set local role `+role); err != nil {
				t.Fatal(err)
			}
		}
		_, err := tx.ExecContext(t.Context(), statement)
		return err
	})
	cause, ok := errors.AsType[*pq.Error](err)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if err == nil {
		return ""
	}
	return string(cause.Code)
}
