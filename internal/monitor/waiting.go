package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
)

// gauge is one figure: its name and meaning, and the SQL of its value, a number.
type gauge struct{ name, help, sql string }

// age is the SQL of the seconds since the least time of the rows, 0 where there are none.
func age(column, rows string) string {
	return fmt.Sprintf("(select greatest(0, coalesce(extract(epoch from clock_timestamp() - min(%s)), 0)) from %s)",
		column, rows)
}

func count(rows string) string { return "(select count(*) from " + rows + ")" }

// What waits, as rows of the database.
const (
	queued    = "transfer_orders where status = 'queued'"
	executing = "transfer_leases l join transfer_orders o on o.id = l.order_id where o.status = 'in_progress'"
	emails    = "outbox where state in ('waiting', 'sending')"
	messages  = "webhook_deliveries where status = 'waiting'"
	unsealed  = "audit_unsealed u join audit_entries e on e.id = u.entry_id"
)

// gauges are the figures of what waits for a worker (docs/operations.md says when to worry).
var gauges = []gauge{
	{"queue_orders", "Orders that wait for a worker.", count(queued)},
	{"queue_oldest_seconds", "How long the oldest queued order has waited.", age("updated_at", queued)},
	{"leases", "Orders that a worker executes.", count(executing)},
	{"lease_silence_seconds", "Time since the oldest heartbeat of a worker.", age("l.renewed_at", executing)},
	{"outbox_emails", "Emails that wait to be sent.", count(emails)},
	{"outbox_oldest_seconds", "How long the oldest unsent email has waited.", age("created_at", emails)},
	{"webhook_messages", "Webhook messages that wait to be delivered.", count(messages)},
	{
		"webhook_oldest_seconds", "How long the oldest undelivered webhook message has waited.",
		age("occurred_at", messages),
	},
	{"audit_unsealed_entries", "Audit entries that are not sealed yet.", count(unsealed)},
	{"audit_unsealed_oldest_seconds", "How long the oldest unsealed audit entry has waited.", age("e.at", unsealed)},
}

// readTime is how long reading the figures may take.
const readTime = 5 * time.Second

// waiting collects the gauges when it is asked. An error is logged, and the figures are left out:
// an alert on their absence finds a database that does not answer.
type waiting struct {
	db  *sqlx.DB
	log *slog.Logger
}

func (g gauge) desc() *prometheus.Desc {
	return prometheus.NewDesc("handover_"+g.name, g.help, nil, nil)
}

// Describe names the figures.
func (*waiting) Describe(to chan<- *prometheus.Desc) {
	for _, g := range gauges {
		to <- g.desc()
	}
}

// Collect reads the figures.
func (w *waiting) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	for _, g := range gauges {
		var value float64
		if err := w.db.GetContext(ctx, &value, "select "+g.sql); err != nil {
			w.log.ErrorContext(ctx, "a figure could not be read", "figure", g.name, "error", err)
			continue
		}
		to <- prometheus.MustNewConstMetric(g.desc(), prometheus.GaugeValue, value)
	}
}
