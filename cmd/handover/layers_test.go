package main

import (
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestLayers holds the direction of the data flow: web -> internal -> database,
// web -> views, and nothing the other way round.
func TestLayers(t *testing.T) {
	t.Parallel()
	const own = "handover/"
	order := lowestFirst()
	rules := []struct {
		name string
		// of says which packages a rule is about.
		of func(pkg string) bool
		// may says which dependencies they may have.
		may func(dep string) bool
	}{
		{
			"internal knows no Echo, session, template, page or route",
			func(pkg string) bool { return strings.HasPrefix(pkg, own+"internal/") },
			func(dep string) bool {
				return !slices.ContainsFunc([]string{
					"github.com/labstack/", "github.com/gorilla/", "github.com/a-h/templ", own + "web", own + "views",
					own + "static", own + "cmd/",
				}, func(prefix string) bool { return strings.HasPrefix(dep, prefix) })
			},
		},
		{
			"views know only their own structs",
			func(pkg string) bool { return pkg == own+"views" || strings.HasPrefix(pkg, own+"views/") },
			func(dep string) bool {
				return !strings.HasPrefix(dep, own) || dep == own+"views" || strings.HasPrefix(dep, own+"views/")
			},
		},
	}
	for pkg, deps := range dependencies(t) {
		for _, rule := range rules {
			if !rule.of(pkg) {
				continue
			}
			for _, dep := range deps {
				if !rule.may(dep) {
					t.Errorf("%s depends on %s, but %s", pkg, dep, rule.name)
				}
			}
		}
		if !slices.ContainsFunc([]string{"internal/", "web", "views"}, func(top string) bool {
			return strings.HasPrefix(pkg, own+top)
		}) {
			continue
		}
		at := slices.Index(order, strings.TrimPrefix(pkg, own))
		if at < 0 {
			t.Errorf("%s has no place in the order of packages", pkg)
		}
		for _, dep := range deps {
			if slices.Index(order, strings.TrimPrefix(dep, own)) > at {
				t.Errorf("%s imports %s, which is above it", pkg, dep)
			}
		}
	}
}

// lowestFirst lists the packages of internal, views and web: each may import only those before it.
func lowestFirst() []string {
	return []string{
		"migrations", "internal/fault", "internal/money", "internal/names", "internal/network",
		"internal/sheet", "internal/config",
		"internal/pgembed", "internal/vault", "internal/db", "internal/monitor",
		"internal/accounts", "internal/audit", "internal/auditlog", "internal/emails", "internal/notify",
		"internal/billing", "internal/catalog",
		"internal/testdb", "internal/reconciliation",
		"internal/record", "internal/transfer", "internal/ledger", "internal/order",
		"internal/engine/situation", "internal/engine/rules", "internal/engine/flow", "internal/engine/reversal",
		"internal/engine",
		"internal/webhooks", "internal/exchange", "internal/identity", "internal/settings", "internal/demo",
		"internal/jobs",

		"views/ui", "views/page", "views/preview", "views/subscriptions", "views/customers", "views/transfers",
		"views/orders",
		"views/home", "views/finance", "views/plans", "views/partners", "views/system", "views/account", "views/signin",

		"web/httpfault", "web/paper", "web/api", "web/api/clienttest", "web/page", "web/preview", "web/subscriptions",
		"web/transfers", "web/orders", "web/customers",
		"web/finance", "web/plans", "web/partners", "web/system", "web/account", "web/signin", "web/home", "web",
	}
}

// TestOnlyNamedFilesLeaveTheScopeOfARequest names the few places that leave the scope of a request:
// what happens before anybody is known, the provider's import and
// export, and the sealing of the audit log.
func TestOnlyNamedFilesLeaveTheScopeOfARequest(t *testing.T) {
	t.Parallel()
	may := []string{
		"internal/db/scope.go", "internal/identity/account.go", "internal/identity/confirm.go",
		"internal/identity/links.go",
		"internal/identity/reset.go", "internal/identity/secondfactor.go", "internal/identity/signin.go",
		"internal/identity/signon.go",
		"internal/identity/staff_service.go", "internal/identity/subject.go", "internal/identity/token.go",
		"internal/identity/twostep.go", "internal/notify/write.go", "web/api/caller.go", "web/page/guard.go",
		"web/system/audit.go", "web/system/import.go",
	}
	root := os.DirFS("../..")
	var found []string
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", ".git", "var"}, path):
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		if strings.Contains(string(text), "WithoutScope(") {
			found = append(found, path)
		}
		return err
	})
	if err != nil || !slices.Equal(found, may) {
		t.Errorf("files that leave the scope are %v, want %v (%v); say in docs/security.md why another one must",
			found, may, err)
	}
}

func TestReleaseContainsNeitherDemoDataNorTestHelpers(t *testing.T) {
	t.Parallel()
	const program = "handover/cmd/handover"
	unwanted := []string{"handover/internal/demo", "handover/internal/testdb", "handover/web/api/clienttest"}
	release, development := dependencies(t, "-tags", "release")[program], dependencies(t)[program]
	for _, pkg := range unwanted {
		if slices.Contains(release, pkg) {
			t.Errorf("a release contains %s", pkg)
		}
	}
	if !slices.Contains(development, unwanted[0]) || len(release) < 100 {
		t.Errorf("the build for development has %d parts and the release %d; make run needs the demo data",
			len(development), len(release))
	}
}

// dependencies returns what each package of the module depends on, directly or
// through others; tests do not count.
func dependencies(t *testing.T, flags ...string) map[string][]string {
	t.Helper()
	args := append([]string{"list", "-f", `{{.ImportPath}} {{join .Deps " "}}`}, flags...)
	list := exec.CommandContext(t.Context(), "go", append(args, "handover/...")...)
	var complaint strings.Builder
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, &complaint)
	}
	deps := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); len(fields) > 0 {
			deps[fields[0]] = fields[1:]
		}
	}
	if len(deps) == 0 {
		t.Fatal("go list found no packages")
	}
	return deps
}
