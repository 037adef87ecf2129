// Package static embeds the built style sheets, scripts, icons and fonts. The asset
// build (npm run build) writes dist: each file under a name with its hash,
// beside it the same file in brotli and gzip, and a manifest of the names.
// Fonts are for printed documents and are not served.
package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// dist holds at least .gitkeep, so that the program compiles before assets are built.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the program was compiled before its assets were built.
var ErrNotBuilt = errors.New("the panel's style sheets and scripts are missing from this program: run make " +
	"assets, then build it again")

// Assets are the built files.
type Assets struct {
	names map[string]string // plain name -> name with hash
	files map[string][]byte // by the name with hash, and with .br or .gz after it
}

// Open reads the manifest of the built assets.
func Open() (*Assets, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, err
	}
	a := &Assets{files: map[string][]byte{}}
	if err := json.Unmarshal(text, &a.names); err != nil {
		return nil, fmt.Errorf("read the asset manifest: %w", err)
	}
	for _, name := range a.names {
		for _, packed := range []string{"", ".br", ".gz"} {
			body, err := fs.ReadFile(files, name+packed)
			if err != nil {
				return nil, fmt.Errorf("read an asset: %w", err)
			}
			a.files[name+packed] = body
		}
	}
	return a, nil
}

// File returns a file by its hashed name, with .br or .gz after it for a compressed one, nil if
// there is none. All callers share the bytes.
func (a *Assets) File(name string) []byte { return a.files[name] }

// Name returns the hashed name of an asset, the plain one if it was not built.
func (a *Assets) Name(plain string) string {
	if name, ok := a.names[plain]; ok {
		return name
	}
	return plain
}

// Font returns a TrueType font of the printed documents, by its name in static/build.mjs.
func Font(name string) ([]byte, error) {
	text, err := dist.ReadFile("dist/fonts/" + name + ".ttf")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	return text, err
}
