package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
)

// BenchmarkRowSecurity measures, in turns on fresh copies of one database, the preview and the
// merge of a customer with 20,000 documents as the owner of the tables, and in the
// scopes of the provider and of a distributor.
func BenchmarkRowSecurity(b *testing.B) {
	w := newBenchWorld(b, 20_000, 0)
	asks := []struct {
		name string
		ctx  context.Context
	}{
		{"owner", context.Background()},
		{"provider", accounts.Scope{Root: 1, Everything: true}.In(context.Background(), 0)},
		{"distributor", accounts.Scope{Root: 1}.In(context.Background(), 0)},
	}
	const rounds = 5
	for range b.N {
		previews, executions := map[string][]time.Duration{}, map[string][]time.Duration{}
		for round := range rounds {
			for turn := range asks {
				as := asks[(round+turn)%len(asks)] // no reader is always first
				w.onCopy(func(pool *sqlx.DB) {
					preview, execution, _ := w.engine(as.ctx, pool)
					previews[as.name], executions[as.name] = append(previews[as.name], preview),
						append(executions[as.name], execution)
				})
			}
		}
		median := func(list []time.Duration) time.Duration {
			slices.Sort(list)
			return list[len(list)/2]
		}
		for _, as := range asks {
			p, e := median(previews[as.name]), median(executions[as.name])
			fmt.Printf("%12s preview %s (%.2f) merge %s (%.2f)\n", as.name, p.Round(time.Millisecond),
				p.Seconds()/median(previews["owner"]).Seconds(),
				e.Round(time.Millisecond), e.Seconds()/median(executions["owner"]).Seconds())
		}
	}
}
