package engine

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/order"
)

// BenchmarkPreview measures the preview of a typical customer's merge, with statements that
// are kept prepared and with ones that are planned each time: its time, and the processor time
// that this process and the database's spend on it (docs/decisions/0015-prepared-statements.md).
func BenchmarkPreview(b *testing.B) {
	for _, documents := range []int{50, 1_000} {
		b.Run(strconv.Itoa(documents), func(b *testing.B) { benchPreview(b, documents) })
	}
}

func benchPreview(b *testing.B, documents int) {
	w := newBenchWorld(b, documents, documents*5)
	took, spent := w.previews(b, db.WithPrepared(w.address))
	tookPlanning, spentPlanning := w.previews(b, w.address)
	b.ReportMetric(float64(took.Microseconds())/1000, "preview-ms")
	b.ReportMetric(float64(spent.Microseconds())/1000, "cpu-ms")
	b.ReportMetric(spentPlanning.Seconds()/spent.Seconds(), "unprepared-cpu-ratio")
	step := 10 * time.Microsecond
	fmt.Printf("\n%12s %12s %12s %12s %12s\n%12d %12s %12s %12s %12s\n",
		"documents", "preview", "processor", "unprepared", "processor",
		documents, took.Round(step), spent.Round(step), tookPlanning.Round(step), spentPlanning.Round(step))
}

// previews returns the time and the processor time of one preview at the address.
func (w *benchWorld) previews(b *testing.B, address string) (took, spent time.Duration) {
	b.Helper()
	pool, err := db.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1) // one backend, whose processor time is read
	var backend int
	if err := pool.Get(&backend, `select pg_backend_pid()`); err != nil {
		b.Fatal(err)
	}
	e := &Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	const warm, times = 8, 100 // from the sixth time on PostgreSQL may keep one plan for all values
	var begin time.Time
	for i := range warm + times {
		if i == warm {
			begin, spent = time.Now(), ownTime(b)+processorTime(b, backend)
		}
		if _, err := e.Preview(context.Background(), w.request); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begin) / times, (ownTime(b) + processorTime(b, backend) - spent) / times
}

// ownTime is the processor time that this process has spent.
func ownTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processorTime is the processor time that another process has spent, in steps of a
// hundredth of a second.
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] { // user and system time
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
