package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/identity"
)

type staffCmd struct {
	Add      staffAddCmd      `cmd:"" help:"Add a person who signs in."`
	List     staffListCmd     `cmd:"" help:"List the people who sign in."`
	Disable  staffDisableCmd  `cmd:"" help:"End a person's access at once."`
	Enable   staffEnableCmd   `cmd:"" help:"Let a disabled person sign in again."`
	Role     staffRoleCmd     `cmd:"" help:"Give a person another role and end their sessions."`
	Password staffPasswordCmd `cmd:"" help:"Give a person another password and end their sessions."`

	ResetSecondFactor staffResetCmd   `cmd:"" help:"Remove the second factor of a person who lost it, and end their sessions."`
	ReleaseSignOn     staffReleaseCmd `cmd:"" help:"Forget which account at the provider of single sign-on is a person's."`
}

// operator is who does it in the audit log when a command does.
var operator = audit.Actor{Name: "command line"}

type staffAddCmd struct {
	Email         string `required:"" help:"Email address to sign in with."`
	Name          string `required:"" help:"The person's name."`
	Distributor   string `required:"" placeholder:"D" help:"Their distributor: its external id, or its number like D-000001."`
	Role          string `required:"" help:"administrator, account_manager, finance, support or auditor."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input."`
}

// Run adds the person.
func (c *staffAddCmd) Run(ctx context.Context, a *app) error {
	password, err := readPassword(a.in)
	if err != nil {
		return err
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		s, err := identity.Add(ctx, pool, operator, identity.NewStaff{
			Email: c.Email, Name: c.Name, Distributor: c.Distributor, Role: identity.Role(c.Role), Password: password,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "Added %s <%s>, %s of %s.\n", s.Name, s.Email, strings.ToLower(s.Role.Name()),
			s.DistributorName)
		return err
	})
}

// readPassword reads the first line; a password is never an argument of the command line.
func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type staffListCmd struct{}

// Run lists everybody.
func (c *staffListCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		people, err := identity.List(ctx, pool)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "E-MAIL\tNAME\tDISTRIBUTOR\tROLE\tSTATUS\tLAST SIGN-IN")
		for _, s := range people {
			last := "never"
			if s.LastSignInAt != nil {
				last = s.LastSignInAt.UTC().Format("2006-01-02 15:04Z")
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Email, s.Name, s.DistributorName, s.Role, s.Status, last)
		}
		return table.Flush()
	})
}

type staffDisableCmd struct {
	Email string `required:"" help:"Email address of the person."`
}

// Run disables the person.
func (c *staffDisableCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if err := identity.Disable(ctx, pool, operator, c.Email); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "Disabled %s; their sessions have ended.\n", c.Email)
		return err
	})
}

type staffEnableCmd struct {
	Email string `required:"" help:"Email address of the person."`
}

// Run enables the person.
func (c *staffEnableCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if err := identity.Enable(ctx, pool, operator, c.Email); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "Enabled %s; they can sign in with their password of before.\n", c.Email)
		return err
	})
}

type staffRoleCmd struct {
	Email string `required:"" help:"Email address of the person."`
	Role  string `required:"" help:"administrator, account_manager, finance, support or auditor."`
}

// Run gives the person the role.
func (c *staffRoleCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		role := identity.Role(c.Role)
		if err := identity.SetRole(ctx, pool, operator, c.Email, role); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "%s is now %s.\n", c.Email, strings.ToLower(role.Name()))
		return err
	})
}

type staffPasswordCmd struct {
	Email         string `required:"" help:"Email address of the person."`
	PasswordStdin bool   `required:"" help:"Read the password from standard input."`
}

// Run sets the password.
func (c *staffPasswordCmd) Run(ctx context.Context, a *app) error {
	password, err := readPassword(a.in)
	if err != nil {
		return err
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if err := identity.SetPassword(ctx, pool, operator, c.Email, password); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "%s has a new password; their sessions have ended.\n", c.Email)
		return err
	})
}

type staffResetCmd struct {
	Email string `required:"" help:"Email address of the person."`
}

// Run removes the second factor.
func (c *staffResetCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if err := identity.ResetSecondFactor(ctx, pool, operator, c.Email); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "%s has no second factor any more; their sessions have ended.\n", c.Email)
		return err
	})
}

type staffReleaseCmd struct {
	Email string `required:"" help:"Email address of the person."`
}

// Run forgets the account at the provider.
func (c *staffReleaseCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if err := identity.ReleaseSubject(ctx, pool, operator, c.Email); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.out, "%s is bound to no account at the provider any more; the next one with "+
			"their verified email address is theirs.\n", c.Email)
		return err
	})
}
