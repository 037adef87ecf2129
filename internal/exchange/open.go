package exchange

import (
	"archive/zip"
	"cmp"
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
	archive, err := openArchive(path)
	if fault.Is(err, fault.TooLarge) {
		return nil, err
	}
	if err != nil {
		return nil, &fault.Error{
			Code: fault.Invalid, Cause: err,
			Message: fmt.Sprintf(msgNotReadable, filepath.Base(path)),
		}
	}
	return archive, nil
}

// Limits of an archive: its files, and the bytes of their names and places, which opening it
// reads into memory whatever the files are.
const (
	maxFiles     = 1000
	maxDirectory = 1 << 20
)

// archive is an opened .zip.
type archive struct {
	*zip.Reader
	io.Closer
}

// openArchive opens a .zip. One with too many files is a TooLarge fault.
func openArchive(path string) (Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	metered := &metered{from: file, left: maxDirectory}
	read, err := zip.NewReader(metered, info.Size())
	if metered.left < 0 || err == nil && len(read.File) > maxFiles {
		tooMany := fault.New(fault.TooLarge, msgTooManyFiles, filepath.Base(path), maxFiles)
		return nil, cmp.Or(file.Close(), error(tooMany))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	metered.opened = true
	return archive{read, file}, nil
}

// metered lets an archive be opened within its limit; then its files are read through it.
type metered struct {
	from   io.ReaderAt
	left   int64 // below 0: more was asked for
	opened bool
}

// ReadAt reads from the file, or fails over the limit.
func (m *metered) ReadAt(p []byte, off int64) (int, error) {
	if !m.opened {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, errors.New("the directory of the archive is too large")
		}
	}
	return m.from.ReadAt(p, off)
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
