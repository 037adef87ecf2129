// Command handover serves the control panel that transfers customers between
// distributors, subscriptions between customers, and merges customers. The same
// program looks after the database and moves data in and out.
//
// There is one file per command. A command is a struct whose fields are its
// flags and arguments, listed in commands, with a method
//
//	func (c *thingCmd) Run(ctx context.Context, a *app) error
//
// that works inside a.withDB and writes to a.out. What it returns goes to
// standard error as one sentence, with exit code 1.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"handover/internal/config"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line: the settings that all share, then one field per command.
type commands struct {
	Settings config.Config `embed:"" group:"Settings, each also as the variable in brackets:"`

	Serve   serveCmd   `cmd:"" help:"Serve the web panel, and work on the queue in the same process."`
	Worker  workerCmd  `cmd:"" help:"Work on the queue: execute orders, send mails."`
	Migrate migrateCmd `cmd:"" help:"Bring the database schema up to date."`
	Staff   staffCmd   `cmd:"" help:"Manage the people who sign in."`
	Token   tokenCmd   `cmd:"" help:"Manage API tokens."`
	Verify  verifyCmd  `cmd:"" help:"Check every invariant of the database."`
	Import  importCmd  `cmd:"" help:"Load CSV files, all or nothing."`
	Export  exportCmd  `cmd:"" help:"Write everything as CSV files."`
	Audit   auditCmd   `cmd:"" help:"Take the audit log out."`
	Routes  routesCmd  `cmd:"" help:"Print every address of the panels with what one must be allowed to do to open it."`
	Version versionCmd `cmd:"" help:"Print the version of the program and of the schema that it brings."`
	demoCommands
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C does not wait for anything
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run parses the arguments, runs the command and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("handover"),
		kong.Description("Transfers customers between distributors, subscriptions between customers, and merges "+
			"customers."),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exit = code }), // only --help comes here
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fail(errOut, fmt.Errorf("build the command line: %w", err))
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err == nil {
		err = cli.Settings.Check()
	}
	if err != nil {
		fmt.Fprintf(errOut, "handover: %v (handover --help lists what there is)\n", err)
		return exitUsage
	}
	slog.SetDefault(slog.New(logHandler(errOut, cli.Settings)))
	if err := command.Run(&app{config: cli.Settings, in: in, out: out, errOut: errOut}); err != nil {
		return fail(errOut, err)
	}
	return 0
}

// logHandler returns what writes the log in the format and from the level of the settings.
func logHandler(to io.Writer, c config.Config) slog.Handler {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.NewJSONHandler(to, options)
	}
	return slog.NewTextHandler(to, options)
}

// fail says what went wrong and returns the exit code for it.
func fail(errOut io.Writer, err error) int {
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	// Joined errors come on lines of their own.
	fmt.Fprintf(errOut, "handover: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	return exitFailed
}
