package pgembed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
)

// desk sizes the server for a machine that runs other things, too. Durability
// is as PostgreSQL ships it.
const desk = `
# Chosen by Handover when it made this cluster; may be edited.
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
`

// volatile gives up durability for speed: for tests, whose data is worthless afterwards.
const volatile = `
# For tests: the data does not survive a crash of the machine.
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 300
wal_level = minimal
max_wal_senders = 0
`

func settings(noDurability bool) string {
	if noDurability {
		return desk + volatile
	}
	return desk
}

// quoteList writes a value of a setting that is a list of folders.
func quoteList(dir string) string { return `"` + strings.ReplaceAll(dir, `"`, `""`) + `"` }

// largestLog is where the server's log is put aside for a new one.
const largestLog = 10 << 20

func (c *cluster) openLog() (*os.File, error) {
	if info, err := os.Stat(c.logFile()); err == nil && info.Size() > largestLog {
		if err := os.Rename(c.logFile(), c.logFile()+".1"); err != nil {
			return nil, fmt.Errorf("put PostgreSQL's log aside: %w", err)
		}
	}
	log, err := os.OpenFile(c.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	if c.account.drop {
		// Its owner may start the server next time, without us.
		if err := log.Chown(c.account.uid, c.account.gid); err != nil {
			return nil, errors.Join(fmt.Errorf("open PostgreSQL's log: %w", err), log.Close())
		}
	}
	return log, nil
}

// logTail is the end of what the server said.
func (c *cluster) logTail() string {
	text, err := os.ReadFile(c.logFile())
	if err != nil {
		return "it left no log"
	}
	return lastLines(text)
}

// lastLines joins the last few lines to one.
func lastLines(text []byte) string {
	lines := strings.Split(string(bytes.TrimSpace(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}
