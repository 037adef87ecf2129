package exchange

import "io/fs"

// single shows one file of a file system as if it were the only one.
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

// One is a source that has a single file, under the name that the format gives it.
func One(dir fs.FS, name string) fs.FS { return single{dir, name} }
