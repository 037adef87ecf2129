package exchange

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Sink is where an export writes its files, one after the other.
type Sink interface {
	// Create begins a file; the next one begins after it was closed.
	Create(name string) (io.WriteCloser, error)
	// Close ends the export.
	Close() error
}

// Dir is a sink that writes into a directory and makes it if need be.
type Dir string

// Create begins a file of the directory.
func (d Dir) Create(name string) (io.WriteCloser, error) {
	if err := os.MkdirAll(string(d), 0o750); err != nil {
		return nil, fmt.Errorf("make the directory: %w", err)
	}
	return os.Create(filepath.Join(string(d), name))
}

// Close does nothing: the files are there.
func (d Dir) Close() error { return nil }

// Zip is a sink that writes an archive. The same data gives the same bytes.
type Zip struct{ archive *zip.Writer }

// NewZip begins an archive on w.
func NewZip(w io.Writer) *Zip { return &Zip{zip.NewWriter(w)} }

// Create begins a file of the archive.
func (z *Zip) Create(name string) (io.WriteCloser, error) {
	w, err := z.archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	return noClose{w}, err
}

// Close writes the end of the archive.
func (z *Zip) Close() error { return z.archive.Close() }

// noClose is a file of an archive, which ends when the next one begins.
type noClose struct{ io.Writer }

func (noClose) Close() error { return nil }
