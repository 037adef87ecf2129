package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/fault"
	"handover/internal/identity"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token for a person and print it. It is shown only now."`
	List   tokenListCmd   `cmd:"" help:"List API tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End an API token at once."`
}

type tokenCreateCmd struct {
	Email      string               `required:"" help:"Email address of the person whose scope and privileges it has."`
	Name       string               `required:"" placeholder:"LABEL" help:"What the program that uses it is called."`
	Privileges []identity.Privilege `placeholder:"P,..." help:"Only these of the person's privileges, like read,accounts.transfer. Without: all."`
	Networks   []netip.Prefix       `placeholder:"NET,..." help:"Only from these networks, like 10.0.0.0/8. Without: from anywhere."`
	Expires    string               `placeholder:"DATE" help:"Last day on which it opens anything, like 2027-01-31. At most a year. Without: 90 days."`
	PerMinute  int                  `default:"600" help:"How many requests it may make a minute; 0 for as many as it likes (${default})."`
}

// Run makes the token and prints it alone.
func (c *tokenCreateCmd) Run(ctx context.Context, a *app) error {
	n := identity.NewToken{Label: c.Name, Privileges: c.Privileges, Networks: c.Networks}
	if c.PerMinute != 0 { // CreateToken refuses what is below
		n.PerMinute = &c.PerMinute
	}
	if c.Expires != "" {
		day, err := time.Parse(time.DateOnly, c.Expires)
		if err != nil {
			return fault.New(fault.Invalid, msgNoExpiry, c.Expires)
		}
		end := day.AddDate(0, 0, 1)
		n.ExpiresAt = &end
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		s, err := identity.ByEmail(ctx, pool, c.Email)
		if err != nil {
			return err
		}
		if s.Status != identity.Active {
			return fault.New(fault.Conflict, msgNotActive, s.Email, s.Status)
		}
		secret, err := identity.IssueToken(ctx, pool, operator, s, n)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, secret)
		return err
	})
}

type tokenListCmd struct {
	Email string `help:"Only those of this person."`
}

// Run lists the tokens without their secrets.
func (c *tokenListCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		people, err := identity.List(ctx, pool)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tE-MAIL\tNAME\tPRIVILEGES\tEXPIRES\tLAST USED\tSTATE")
		for _, s := range people {
			if c.Email != "" && !strings.EqualFold(c.Email, s.Email) {
				continue
			}
			tokens, err := identity.Tokens(ctx, pool, s.ID)
			if err != nil {
				return err
			}
			for _, t := range tokens {
				fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Email, t.Label,
					orElse(strings.Join(t.Privileges, ","), "all"),
					when(&t.ExpiresAt, ""), when(t.LastUsedAt, "never"), t.State(time.Now()))
			}
		}
		return table.Flush()
	})
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// when writes a time in UTC, or the text for none.
func when(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return t.UTC().Format("2006-01-02 15:04")
}

type tokenRevokeCmd struct {
	ID int64 `required:"" help:"The token's id, as handover token list says."`
}

// Run ends the token.
func (c *tokenRevokeCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		t, err := identity.FindToken(ctx, pool, c.ID)
		if err != nil {
			return err
		}
		if err := identity.RevokeToken(ctx, pool, operator, t.StaffID, t.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "Revoked %s of %s.\n", t.Label, t.Email)
		return err
	})
}
