package exchange

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"handover/internal/fault"
)

// Source is the files of an import, to be closed afterwards.
type Source interface {
	fs.FS
	io.Closer
}

// Open opens a directory, a .zip or a single .csv file for Import.
func Open(path string) (Source, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.Invalid, msgNoFileOrDirectory, path)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	case info.IsDir():
		return folder{os.DirFS(path)}, nil
	case strings.EqualFold(filepath.Ext(path), ".csv"):
		return folder{single{os.DirFS(filepath.Dir(path)), filepath.Base(path)}}, nil
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, &fault.Error{
			Code: fault.Invalid, Cause: err,
			Message: fmt.Sprintf(msgNotReadable, filepath.Base(path)),
		}
	}
	return archive, nil
}

// folder is a file system that has nothing to close.
type folder struct{ fs.FS }

func (folder) Close() error { return nil }

// single shows one file of a directory as if it were the only one.
type single struct {
	fs.FS
	name string
}

// ReadDir lists the one file.
func (s single) ReadDir(string) ([]fs.DirEntry, error) {
	info, err := fs.Stat(s.FS, s.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}
