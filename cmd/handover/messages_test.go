package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// verbs are the verbs of a format: a format of nothing else says nothing itself.
var verbs = regexp.MustCompile(`%[^a-zA-Z%]*[a-zA-Z]`)

// twoWords is the least that makes a sentence; a verb between two names alone is none.
var twoWords = regexp.MustCompile(`[A-Za-z]{2,}.*\s.*[A-Za-z]{2,}`)

// TestSentencesOfFaultsAreInTheCatalogue finds a sentence for people that is written where it is used:
// it belongs, under a name, into the messages*.go of its package.
func TestSentencesOfFaultsAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	checked := 0
	for _, top := range []string{"internal", "web", "cmd"} {
		err := fs.WalkDir(root, top, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !sourceOutsideOfCatalogues(path.Base(file)) {
				return err
			}
			text, err := fs.ReadFile(root, file)
			if err != nil {
				return err
			}
			tree := token.NewFileSet()
			parsed, err := parser.ParseFile(tree, file, text, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			checked++
			ast.Inspect(parsed, func(n ast.Node) bool {
				if sentence := sentenceOf(n); sentence != nil && saysSomething(sentence) {
					t.Errorf("%s: give the sentence a name in messages.go of %s", tree.Position(sentence.Pos()),
						path.Dir(file))
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 300 {
		t.Errorf("only %d files were read", checked)
	}
}

func sourceOutsideOfCatalogues(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, "messages")
}

// sayers are the calls whose second argument is a sentence for people.
var sayers = []string{"fault.New", "fault.InvalidField", "db.NotFound", "wrong.Add", "fields.Add"}

// sentenceOf returns the sentence that a node gives to a fault, nil where it gives none.
func sentenceOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) < 2 {
			return nil
		}
		switch on, _ := called.X.(*ast.Ident); {
		case slices.Contains([]string{"Wrong", "Required", "Secret"}, called.Sel.Name),
			on != nil && slices.Contains(sayers, on.Name+"."+called.Sel.Name):
			return n.Args[1]
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok &&
			slices.Contains([]string{"Message", "Remedy", "Acknowledgement"}, key.Name) {
			return n.Value
		}
	}
	return nil
}

// saysSomething reports whether the expression contains a literal with words of its own.
func saysSomething(e ast.Expr) bool {
	words := false
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			words = words || err != nil || twoWords.MatchString(verbs.ReplaceAllString(text, ""))
		}
		return !words
	})
	return words
}
