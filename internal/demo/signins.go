package demo

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/identity"
)

// Password is everybody's password in the demo data.
const Password = "handover-demo"

// SignIn is a person who can sign in to the demo data.
type SignIn struct {
	Email       string
	Name        string
	Distributor string // its outside id
	Role        identity.Role
}

// signIns are one person per role at the provider, and some at a reseller, at one that
// sells under it, and at one beside them.
var signIns = []SignIn{
	{"admin@aurora.example", "Aurora Administrator", aurora, identity.Administrator},
	{"manager@aurora.example", "Aurora Account Manager", aurora, identity.AccountManager},
	{"finance@aurora.example", "Aurora Finance", aurora, identity.Finance},
	{"support@aurora.example", "Aurora Support", aurora, identity.Support},
	{"auditor@aurora.example", "Aurora Auditor", aurora, identity.Auditor},
	{"admin@nordlys.example", "Nordlys Administrator", nordlys, identity.Administrator},
	{"manager@nordlys.example", "Nordlys Account Manager", nordlys, identity.AccountManager},
	{"finance@nordlys.example", "Nordlys Finance", nordlys, identity.Finance},
	{"admin@vest.example", "Nordlys Vest Administrator", vest, identity.Administrator},
	{"manager@vest.example", "Nordlys Vest Account Manager", vest, identity.AccountManager},
	{"admin@thames.example", "Thames Administrator", thames, identity.Administrator},
}

// DistributorName returns the name of the distributor that the person works for.
func (s SignIn) DistributorName() string {
	for _, d := range channel {
		if d.ID == s.Distributor {
			return d.Name
		}
	}
	return s.Distributor
}

// SignIns returns the people who can sign in after Load, each with Password.
func SignIns() []SignIn { return slices.Clone(signIns) }

// addStaff adds those who are not there yet.
func addStaff(ctx context.Context, db *sqlx.DB, actor audit.Actor) error {
	for _, s := range signIns {
		_, err := identity.ByEmail(ctx, db, s.Email)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		_, err = identity.Add(ctx, db, actor, identity.NewStaff{
			Email: s.Email, Name: s.Name, Distributor: s.Distributor, Role: s.Role, Password: Password, Demo: true,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
