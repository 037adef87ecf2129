package httpfault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"handover/internal/fault"
	"handover/web/api"
	"handover/web/httpfault"
)

// TestEveryFaultCodeHasAStatus: a code without a row would be answered as a mistake of ours.
func TestEveryFaultCodeHasAStatus(t *testing.T) {
	t.Parallel()
	documented, _ := reflect.TypeFor[api.Problem]().FieldByName("Code")
	for _, code := range declaredCodes(t) {
		if status := httpfault.Status(code); status == http.StatusInternalServerError || httpfault.Title(code) == "" {
			t.Errorf("%s: status %d, title %q", code, status, httpfault.Title(code))
		}
		if !strings.Contains(documented.Tag.Get("doc"), string(code)) {
			t.Errorf("%s is missing from what the API says of its problems", code)
		}
	}
}

func TestEveryRaisedStatusIsAMistakeOfTheReader(t *testing.T) {
	t.Parallel()
	raised := 0
	for status := range 600 {
		f := httpfault.Raised(status)
		if f == nil {
			continue
		}
		raised++
		if answered := httpfault.Status(f.Code); status/100 != 4 || answered/100 != 4 {
			t.Errorf("%d is answered with %d", status, answered)
		}
	}
	if raised == 0 {
		t.Error("no status is known")
	}
}

// declaredCodes reads the codes from the source of the package that declares them.
func declaredCodes(t *testing.T) []fault.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../internal/fault/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []fault.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, fault.Code(text))
		return true
	})
	if len(codes) == 0 {
		t.Fatal("no codes were found")
	}
	return codes
}
