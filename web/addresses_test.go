package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sections say in which folder the pages of an address are, by its first word.
var sections = map[string]string{
	"": "home", "bell": "home", "api": "home", "search": "home",
	"customers": "customers", "documents": "customers", "subscriptions": "subscriptions", "orders": "orders",
	"plans":   "plans",
	"periods": "finance", "rates": "finance", "journal": "finance", "chart": "finance", "reconciliation": "finance",
	"distributors": "partners",
	"staff":        "system", "audit": "system", "outbox": "system", "templates": "system", "import": "system",
	"webhooks": "system",
	"account":  "account",
	"sign-in":  "signin", "sign-out": "signin", "forgot-password": "signin", "invitation": "signin", "reset": "signin",
}

// transferWords are the words of an address that lead to a transfer, with how its files begin. The
// three flows share draft*.go; a transfer of subscriptions also shares the steps of a merge.
var transferWords = map[string][]string{
	"transfer": {"wizard", "subscriptions", "draft"}, "merge": {"merge", "draft"},
	"transfer-subscriptions": {"subscriptions", "merge", "draft"}, "reverse": {"reverse"},
}

// TestHandlersAreWhereTheirAddressSays: the folder and the file of every page follow its address,
// so that who knows the address needs no search.
func TestHandlersAreWhereTheirAddressSays(t *testing.T) {
	t.Parallel()
	seen := 0
	folders := append(slices.Collect(maps.Values(sections)), "transfers")
	slices.Sort(folders)
	for _, folder := range slices.Compact(folders) {
		files := methodFiles(t, folder)
		for address, handler := range declaredRoutes(t, folder) {
			seen++
			wantFolder, begins := expected(address)
			if folder != wantFolder && address != "/" { // outside of the panels it leads to sign-in
				t.Errorf("%s is in web/%s, not in web/%s", address, folder, wantFolder)
			}
			for _, name := range handler {
				if len(files[name]) == 0 {
					t.Errorf("%s is answered by %s, which is not in web/%s", address, name, folder)
				}
				for _, file := range files[name] {
					if !slices.ContainsFunc(begins, func(word string) bool { return strings.HasPrefix(file, word) }) {
						t.Errorf("%s is answered by %s in web/%s/%s; its files begin with one of %v", address, name,
							folder, file, begins)
					}
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d addresses were found", seen)
	}
}

// expected returns the folder of an address, and how its files may begin.
func expected(address string) (folder string, begins []string) {
	parts := strings.Split(strings.Trim(address, "/"), "/")
	for _, part := range parts {
		if files, ok := transferWords[part]; ok {
			return "transfers", files
		}
	}
	for _, part := range parts {
		if part != "" && !strings.HasPrefix(part, ":") {
			word := strings.ReplaceAll(part, "-", "_")
			begins = append(begins, word, strings.TrimSuffix(word, "s"))
		}
	}
	if len(begins) == 0 {
		begins = []string{"home"}
	}
	return sections[parts[0]], append(begins, "sign_in", "invitation_and_reset")
}

// declaredRoutes reads the table of a section: each address with the names of its handlers.
func declaredRoutes(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, "routes.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{} // of the variables that hold pages
	ast.Inspect(file, func(n ast.Node) bool {
		if made, ok := n.(*ast.AssignStmt); ok {
			for i, name := range made.Lhs {
				if lit, ok := made.Rhs[min(i, len(made.Rhs)-1)].(*ast.CompositeLit); ok {
					types[typeName(name)] = typeName(lit.Type)
				}
			}
		}
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var address string
		var handlers []string
		for _, element := range lit.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch key, _ := pair.Key.(*ast.Ident); {
			case key == nil:
			case key.Name == "Path":
				ast.Inspect(pair.Value, func(n ast.Node) bool {
					if text, ok := n.(*ast.BasicLit); ok && address == "" {
						address, _ = strconv.Unquote(text.Value)
					}
					return true
				})
			case key.Name == "Handler":
				handlers = handlerNames(pair.Value, types)
			}
		}
		if address != "" {
			out[address] = append(out[address], handlers...)
		}
		return true
	})
	return out
}

// handlerNames are the methods that answer, as "orderPage.show": of a call, those that it is given,
// or else itself.
func handlerNames(value ast.Expr, types map[string]string) []string {
	switch v := value.(type) {
	case *ast.SelectorExpr:
		of := typeName(v.X)
		if lit, ok := v.X.(*ast.CompositeLit); ok {
			of = typeName(lit.Type)
		}
		if known := types[of]; known != "" {
			of = known
		}
		return []string{of + "." + v.Sel.Name}
	case *ast.CallExpr:
		var given []string
		for _, argument := range v.Args {
			if s, ok := argument.(*ast.SelectorExpr); ok && strings.HasSuffix(typeName(s.X), "Pages") {
				given = append(given, handlerNames(s, types)...)
			}
		}
		if len(given) > 0 {
			return given
		}
		return handlerNames(v.Fun, types)
	}
	return nil
}

func typeName(x ast.Expr) string {
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// methodFiles says in which file of a section each method is.
func methodFiles(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("web/%s has no files (%v)", folder, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				of := f.Recv.List[0].Type
				if pointer, ok := of.(*ast.StarExpr); ok {
					of = pointer.X
				}
				name := typeName(of) + "." + f.Name.Name
				out[name] = append(out[name], filepath.Base(path))
			}
		}
	}
	return out
}
