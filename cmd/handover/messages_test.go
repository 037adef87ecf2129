package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
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
			name := path.Base(file)
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
				strings.HasPrefix(name, "messages") {
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

// sentenceOf returns the sentence that a node gives to a fault, nil where it gives none.
func sentenceOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) < 2 {
			return nil
		}
		switch on, _ := called.X.(*ast.Ident); {
		case on != nil && on.Name == "fault" && (called.Sel.Name == "New" || called.Sel.Name == "InvalidField"),
			on != nil && on.Name == "db" && called.Sel.Name == "NotFound",
			called.Sel.Name == "Wrong" || called.Sel.Name == "Required" || called.Sel.Name == "Secret",
			called.Sel.Name == "Add" && on != nil && (on.Name == "wrong" || on.Name == "fields"):
			return n.Args[1]
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Message" || key.Name == "Remedy" ||
			key.Name == "Acknowledgement") {
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
