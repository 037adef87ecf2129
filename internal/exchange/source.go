package exchange

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"handover/internal/fault"
)

// source finds the files of an import.
type source struct {
	dir   fs.FS
	names []string // of the CSV files in it
	left  int64    // how many bytes may still be read
	limit int64
}

// openSource looks at the top of src, or in its only folder: archives of a folder
// usually have it inside.
func openSource(src fs.FS, limit int64) (*source, error) {
	for {
		entries, err := fs.ReadDir(src, ".")
		if err != nil {
			return nil, &fault.Error{Code: fault.Invalid, Message: msgFilesListedArchiveMay, Cause: err}
		}
		var names, folders []string
		for _, e := range entries {
			switch name := e.Name(); {
			case strings.HasPrefix(name, ".") || name == "__MACOSX":
			case e.IsDir():
				folders = append(folders, name)
			case strings.EqualFold(path.Ext(name), ".csv"):
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			return &source{dir: src, names: names, left: limit, limit: limit}, nil
		}
		if len(folders) != 1 {
			return nil, fault.New(fault.Invalid, msgCSVFile)
		}
		if src, err = fs.Sub(src, folders[0]); err != nil {
			return nil, fmt.Errorf("open the folder %s: %w", folders[0], err)
		}
	}
}

// unknown returns the CSV files that are none of ours.
func (s *source) unknown(known []file) []string {
	return slices.DeleteFunc(slices.Clone(s.names), func(name string) bool {
		return slices.ContainsFunc(known, func(f file) bool { return f.csv() == name })
	})
}

// open opens a file for reading within the limit.
func (s *source) open(name string) (io.ReadCloser, error) {
	in, err := s.dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{limited{s, in, name}, in}, nil
}

// limited counts what is read from all files together, unpacked.
type limited struct {
	of   *source
	in   io.Reader
	name string
}

func (l limited) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &fault.Error{Code: fault.Invalid, Message: fmt.Sprintf(msgEntryUnreadable, l.name), Cause: err}
	}
	if l.of.limit == 0 {
		return n, err
	}
	if l.of.left -= int64(n); l.of.left < 0 {
		return 0, fault.New(fault.TooLarge, msgFilesMoreThanMB, l.of.limit>>20)
	}
	return n, err
}
