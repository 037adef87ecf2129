package db

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// CheckService returns an error, with what to do, unless the pool's role is one that serve and worker
// may connect as beside an owner of the schema: it reads and writes rows, owns nothing, and no policy
// is off for it (docs/security.md).
func CheckService(ctx context.Context, pool *sqlx.DB) error {
	var is struct {
		Login string `db:"login"`
		Above bool   `db:"above"`
		Works bool   `db:"works"`
	}
	err := pool.GetContext(ctx, &is, `
		select session_user::text as login,
		       (select r.rolsuper or r.rolbypassrls from pg_roles r where r.rolname = session_user)
		         or exists (select 1 from pg_class c where c.relnamespace = 'public'::regnamespace
		                      and pg_has_role(session_user, c.relowner, 'member')) as above,
		       has_table_privilege(current_user, 'sessions', 'insert') and not exists (
		         select 1 from unnest(array['handover_app', 'handover_provider', 'handover_engine']) role
		         where not pg_has_role(session_user, role, 'member')) as works`)
	switch {
	case err != nil:
		return fmt.Errorf("look what the database role may do: %w", err)
	case is.Above:
		return fmt.Errorf(msgServiceOwns, is.Login)
	case !is.Works:
		return fmt.Errorf(msgServiceLacks, is.Login)
	}
	return nil
}
