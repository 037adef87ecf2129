package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"
)

// Frame is what components know about the page around them.
type Frame struct {
	Panel string                   // address of the panel, "/pcp"
	Zone  string                   // the reader's time zone, "" = not signed in
	Asset func(name string) string // address of a built asset by its plain name
	// Sentence writes the amounts and days of a domain sentence in the reader's style, nil = as they are.
	Sentence func(text string) string
}

type frameKey struct{}

// WithFrame returns a context that components find the frame in.
func WithFrame(ctx context.Context, f Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

func frameOf(ctx context.Context) Frame {
	f, _ := ctx.Value(frameKey{}).(Frame)
	return f
}

// Path turns a path below the panel, "/customers", into the address of the
// reader's panel, "/pcp/customers".
func Path(ctx context.Context, path string) templ.SafeURL {
	return templ.SafeURL(frameOf(ctx).Panel + "/" + strings.TrimPrefix(path, "/"))
}

// Asset returns the address of a built asset, "icons.svg".
func Asset(ctx context.Context, name string) string {
	if f := frameOf(ctx); f.Asset != nil {
		return f.Asset(name)
	}
	return "/static/" + name
}

// Sentence writes a domain sentence in the reader's style.
func Sentence(ctx context.Context, text string) string {
	if f := frameOf(ctx); f.Sentence != nil {
		return f.Sentence(text)
	}
	return text
}
