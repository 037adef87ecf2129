package pgembed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is whom PostgreSQL runs as.
type account struct {
	uid, gid int
	drop     bool // we are root and become this user for PostgreSQL's programs
}

// serverAccount returns ourselves, or for root the owner of the cluster's folder if that
// is another user, or the first of the usual unprivileged users.
func serverAccount(home string) (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		return account{uid: uid, gid: os.Getegid()}, nil
	}
	info, err := os.Stat(home)
	switch {
	case err == nil:
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 {
			return account{uid: int(owner.Uid), gid: int(owner.Gid), drop: true}, nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return account{}, fmt.Errorf("look at the cluster's folder: %w", err)
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return account{uid: uid, gid: gid, drop: true}, nil
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to " +
		"run it as; start as another user")
}

// attributes let a program run as the account, out of reach of our terminal.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// own makes a private folder of the account, and checks that one which is
// already there is that.
func (a account) own(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the folder for PostgreSQL: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder for PostgreSQL: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is in the way: it has to be a folder", dir)
	case ok && a.drop && owner.Uid == 0:
		return a.chown(dir)
	case ok && int(owner.Uid) != a.uid:
		return fmt.Errorf("%s belongs to another user (uid %d); run as that user or as root", dir, owner.Uid)
	}
	return os.Chmod(dir, 0o700)
}

// chown gives a folder with all that is in it to the account.
func (a account) chown(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, a.uid, a.gid)
		}
		if err != nil {
			return fmt.Errorf("give the folder to PostgreSQL's user: %w", err)
		}
		return nil
	})
}

// reach checks that the account can run the programs inside the folder, and
// names what is in the way otherwise.
func (a account) reach(bin Binaries, dir string) error {
	if !a.drop {
		return nil
	}
	probe := exec.Command(bin.path("postgres"), "--version")
	probe.Dir, probe.SysProcAttr = dir, a.attributes()
	err := probe.Run()
	if err == nil {
		return nil
	}
	for _, path := range []string{bin.Dir, dir} {
		for p := path; p != filepath.Dir(p); p = filepath.Dir(p) {
			if info, statErr := os.Stat(p); statErr == nil && !a.passes(info) {
				return fmt.Errorf("PostgreSQL does not run as root but as uid %d, which cannot reach %s: the "+
					"folder %s is closed to it (mode %04o); choose another place or open it with chmod o+x", a.uid,
					path, p, info.Mode().Perm())
			}
		}
	}
	return fmt.Errorf("run PostgreSQL as uid %d: %w", a.uid, err)
}

// passes reports whether the account may go through a folder by its mode.
func (a account) passes(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case int(owner.Uid) == a.uid:
		return info.Mode()&0o100 != 0
	case int(owner.Gid) == a.gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}
