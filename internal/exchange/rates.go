package exchange

import (
	"context"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
)

// rateCheck compares the exchange rates of an import with the last ones of their pairs.
type rateCheck struct {
	reason string // why rates may differ that much, "" = they may not
	jumps  []billing.Jump
}

// check refuses a reason that is none.
func (c rateCheck) check() error {
	if mistake := billing.ReasonMistake(c.reason); c.reason != "" && mistake != "" {
		return fault.InvalidField("rate_reason", "%s", mistake)
	}
	return nil
}

// note writes an audit entry with the rates that were taken for the reason.
func (c rateCheck) note(ctx context.Context, q db.Querier, actor audit.Actor) error {
	if len(c.jumps) == 0 {
		return nil
	}
	taken := make([]string, 0, len(c.jumps))
	for _, j := range c.jumps {
		taken = append(taken, j.String())
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: actor, Action: "rates.import", SubjectKind: "exchange_rates", Subject: "exchange_rates.csv",
		After: map[string]any{"reason": c.reason, "rates": taken},
	})
}

// checkRates finds the rates that differ too much from the last ones of their pairs.
func (im *importer) checkRates(ctx context.Context) error {
	l := im.find("exchange_rates")
	if l == nil {
		return nil
	}
	var err error
	im.rates.jumps, err = billing.FindJumps(ctx, im.tx, sqlFor(l.file, `
		select l.line, l.on_date, l.from_currency, l.to_currency, l.rate, l.source from {load} l where not l.bad`))
	if err != nil || im.rates.reason != "" {
		return err
	}
	for _, j := range im.rates.jumps {
		im.report.add(l.file, j.Line, "rate", msgCorrectRate, j)
	}
	return nil
}

// writeRates writes the rates but for those that were withdrawn with the same value: a file
// that still has a wrong rate never revives it. The reason is kept with what needed one.
func writeRates(ctx context.Context, im *importer, l *load) error {
	for _, statement := range []string{
		`delete from {load} l using {table} w
		 where w.from_currency = l.from_currency and w.to_currency = l.to_currency and w.on_date = l.on_date
		   and w.source = l.source
		   and w.rate = l.rate and w.withdrawn_at is not null`,
		`update {table} t set reason = '' from {load} l where t.id = l.rec_id and t.rate <> l.rate and t.reason <> ''`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	if err := writePlain(ctx, im, l); err != nil {
		return err
	}
	return billing.KeepReason(ctx, im.tx, im.rates.jumps, im.rates.reason)
}
