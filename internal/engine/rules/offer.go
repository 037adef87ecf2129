package rules

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The findings PERIOD_CLOSED, INVALID_RELATIONSHIP, MEMO_BEFORE_EFFECTIVE_DATE and
// RESTRICTED_RECORD depend on the effective date E: their remedy is the earliest E at
// which a preview has none of them (docs/domain.md, "Findings").
//
// Every record moves while E is on or before one day, its "until": its own date, or the
// least "until" of the records it depends on. So each of the findings holds for an
// interval of E, and one statement finds the earliest E outside of all intervals. The
// checks then look at that date themselves, so that no finding offers a date that they
// would block.

// offerDate adds the earliest effective date without these findings to the first of them,
// as the remedy in one click; reason says why it helps. There may be none.
func offerDate(ctx context.Context, q db.Querier, s *situation.Situation, all []Found, reason string) error {
	if len(all) == 0 || s.Flow.Kind == record.Distributor {
		return nil
	}
	if s.Offered == nil {
		better, err := betterDate(ctx, q, s)
		if err != nil {
			return err
		}
		s.Offered = &better
	}
	if s.Offered.EffectiveOn == "" {
		return nil
	}
	better := *s.Offered
	all[0].instead = &better
	day, err := time.Parse(time.DateOnly, better.EffectiveOn)
	if err != nil {
		return fmt.Errorf("read the offered date: %w", err)
	}
	for i := range all {
		all[i].Remedy = fmt.Sprintf(remedyOtherEffectiveDate,
			day.Format(transfer.DayForm), reason, all[i].Remedy)
	}
	return nil
}

// staysWithSource is the reason for history that an effective date keeps where it is.
func staysWithSource(s *situation.Situation) string {
	return fmt.Sprintf(msgEarlierHistoryStays, s.Source.Name)
}

// betterDate returns the request with the earliest effective date, not later than today, at
// which none of the four findings blocks; without a date if there is none. Where the
// balance would then be carried on a closed day, it names the first open one.
func betterDate(ctx context.Context, q db.Querier, s *situation.Situation) (transfer.Instead, error) {
	text, values := record.Bind(earliestFreeSQL(s), s.Args())
	var found *string
	// The parts are joined by number. Where the statistics are of the time before many records
	// came to the account, the planner would look through all of one part for each of another.
	err := db.WithoutNestedLoops(ctx, q, func() error { return q.GetContext(ctx, &found, text, values...) })
	if err != nil {
		return transfer.Instead{}, fmt.Errorf("look for an effective date without blocking findings: %w", err)
	}
	if found == nil {
		return transfer.Instead{}, nil
	}
	day, err := time.Parse(time.DateOnly, *found)
	if err != nil || day.After(s.From.Today) {
		return transfer.Instead{}, err
	}
	trial := *s
	trial.Effective = &day
	blocked, err := blockedByDate(ctx, q, &trial)
	if err != nil || blocked {
		return transfer.Instead{}, err
	}
	better := transfer.Instead{EffectiveOn: *found, Subscriptions: s.Request.Subscriptions}
	if s.Flow.Kind != record.Merge {
		return better, nil
	}
	if err := situation.LoadRest(ctx, q, &trial); err != nil {
		return transfer.Instead{}, err
	}
	postings, err := ClosedPostings(ctx, q, &trial)
	switch {
	case err != nil || len(postings) == 0:
		return better, err
	case postings[0].instead == nil:
		return transfer.Instead{}, nil
	}
	better.PostOn = postings[0].instead.PostOn
	return better, nil
}

// blockedByDate reports whether one of the findings that depend on E would block.
func blockedByDate(ctx context.Context, q db.Querier, s *situation.Situation) (bool, error) {
	var list []sought
	for _, part := range [][]sought{tornSought(s), memosSought(s), restrictedSought(s), closedSought(s)} {
		list = append(list, part...)
	}
	found, err := seek(ctx, q, s, list)
	return len(found) > 0, err
}

// offerRules are what the two flows between customers say of a record's "until", as
// expressions of earliestFreeText.
type offerRules struct {
	invoice, debitMemo string // of a document of the source
	lines              string // whether an invoice has lines of S, and others
	alone              string // of what has no links; %s is its date
	link               string // of a link; %s is the document's "until", null = of a third account
	schedule           string // of a revenue schedule line that no invoice bills
}

const notAtAll = `'-infinity'::date`

// A merge moves what has no links by its date, and leaves links to third accounts out. In a
// transfer of subscriptions what has no link to S stays, and so do third accounts.
var offerRulesOf = map[record.FlowKind]offerRules{
	record.Merge: {
		invoice: `i.issued_on`, debitMemo: `m.issued_on`, lines: `lateral (select false as ours, false as others)`,
		alone: `%s`, link: `%s`,
		schedule: `case when r.recognized then greatest(s.start_on, least(s.until, r.on_date)) else s.until end`,
	},
	record.Subscriptions: {
		invoice:   `case when x.ours and not x.others then i.issued_on else ` + notAtAll + ` end`,
		debitMemo: `case when m.subscription_id = any(@subs::bigint[]) then m.issued_on else ` + notAtAll + ` end`,
		lines: `lateral (
        select coalesce(bool_or(l.subscription_id = any(@subs::bigint[])), false) as ours,
               coalesce(bool_or(l.subscription_id <> all(@subs::bigint[])), false) as others
        from invoice_lines l where l.invoice_id = i.id)`,
		alone: notAtAll, link: `coalesce(%s, ` + notAtAll + `)`,
		schedule: `greatest(s.start_on, least(s.until, r.on_date))`,
	},
}

// earliestFreeSQL selects the earliest effective date outside of every interval (lower,
// upper] in which a record raises one of the findings; null if there is none.
func earliestFreeSQL(s *situation.Situation) string {
	r := offerRulesOf[s.Flow.Kind]
	alone := func(date string) string { return strings.ReplaceAll(r.alone, "%s", date) }
	link := func(until string) string { return strings.ReplaceAll(r.link, "%s", until) }
	return fmt.Sprintf(earliestFreeText, r.invoice, r.debitMemo, r.lines,
		alone("l.on_date"), link("coalesce(i.until, d.until)"), alone("m.issued_on"), link("s.until"), link("i.until"),
		r.schedule, alone("e.on_date"))
}

const earliestFreeText = `with sub as materialized (
    select s.id, s.start_on, case when s.end_on is null then 'infinity' else greatest(s.start_on, s.end_on) end as until
    from subscriptions s where s.id = any(@subs::bigint[])
), inv as materialized (
    select i.id, i.issued_on as on_date, i.restricted, %[1]s as until, x.ours and x.others as shared
    from invoices i cross join %[3]s x where i.customer_id = @source
), deb as materialized (
    select m.id, m.issued_on as on_date, m.restricted, m.status, m.subscription_id, %[2]s as until
    from debit_memos m where m.customer_id = @source
), pay as materialized (
    select l.id, l.on_date, l.status, min(l.until) as least_until, max(l.until) as last_until,
           case when min(l.until) is null then %[4]s else least(l.on_date, min(l.until)) end as until
    from (select p.id, p.received_on as on_date, p.status, case when a.id is not null then %[5]s end as until
          from payments p left join payment_allocations a on a.payment_id = p.id
          left join inv i on i.id = a.invoice_id left join deb d on d.id = a.debit_memo_id
          where p.customer_id = @source) l
    group by l.id, l.on_date, l.status
), cre as materialized (
    select m.id, m.issued_on as on_date, m.restricted, min(l.until) as least_until, max(l.until) as last_until,
           max(l.until) filter (where l.document or m.status = 'open') as hangs,
           case when min(l.until) is null then %[6]s else least(m.issued_on, min(l.until)) end as until
    from credit_memos m left join (
        select c.id, %[7]s as until, false as document from credit_memos c left join sub s on s.id = c.subscription_id
        where c.customer_id = @source and c.subscription_id is not null
        union all
        select c.id, %[8]s, true from credit_memos c left join inv i on i.id = c.invoice_id
        where c.customer_id = @source and c.invoice_id is not null
        union all
        select c.id, %[5]s, true from credit_memos c join credit_allocations a on a.credit_memo_id = c.id
        left join inv i on i.id = a.invoice_id left join deb d on d.id = a.debit_memo_id
        where c.customer_id = @source) l on l.id = m.id
    where m.customer_id = @source group by m.id, m.issued_on, m.restricted, m.status
), rev as materialized (
    select r.id, r.on_date, r.recognized and r.invoice_id is null as dated,
           case when r.invoice_id is not null then i.until when s.id is null then '-infinity' else %[9]s end as until
    from owned_revenue_schedules r left join sub s on s.id = r.subscription_id left join inv i on i.id = r.invoice_id
    where r.customer_id = @source
), ent as materialized (
    select e.id, e.on_date, e.restricted,
           case e.source_kind when 'invoice' then i.until when 'payment' then p.until when 'refund' then fp.until
                when 'credit_memo' then c.until when 'debit_memo' then d.until when 'revenue_schedule' then r.until
                else coalesce((select min(coalesce(lr.until, '-infinity'))
                               from recognition_lines rl left join rev lr on lr.id = rl.revenue_schedule_id
                               where rl.entry_id = e.id), %[10]s) end as until
    from owned_journal_entries e
    left join inv i on e.source_kind = 'invoice' and i.id = e.source_id
    left join pay p on e.source_kind = 'payment' and p.id = e.source_id
    left join refunds f on e.source_kind = 'refund' and f.id = e.source_id left join pay fp on fp.id = f.payment_id
    left join cre c on e.source_kind = 'credit_memo' and c.id = e.source_id
    left join deb d on e.source_kind = 'debit_memo' and d.id = e.source_id
    left join rev r on e.source_kind = 'revenue_schedule' and r.id = e.source_id
    where e.customer_id = @source
), dated as (
    select on_date, until from inv union all select on_date, until from deb union all select on_date, until from pay
    union all select f.refunded_on, p.until from refunds f join pay p on p.id = f.payment_id
    union all select on_date, until from cre union all select on_date, until from rev where dated
    union all select on_date, until from ent
), bad as (
    select '-infinity'::date as lower, until as upper from dated d where until > '-infinity' and exists (
        select 1 from financial_periods p
        where p.distributor_id = @source_distributor and p.status = 'closed'
          and d.on_date between p.start_on and p.end_on)
    union all
    select '-infinity', until from (
        select restricted, until from inv union all select restricted, until from deb
        union all select restricted, until from cre union all select restricted, until from ent) r
    where restricted <> '' and until > '-infinity'
    union all select '-infinity', on_date from inv where shared
    union all select least(on_date, least_until), last_until from pay
    where status <> 'failed' and least(on_date, least_until) < last_until
    union all select least_until, least(last_until, on_date) from cre where least_until < least(last_until, on_date)
    union all select on_date, hangs from cre where on_date < hangs
    union all select d.on_date, s.until from deb d join sub s on s.id = d.subscription_id
    where d.status = 'open' and d.on_date < s.until
), islands as (
    select min(lower) as lower, max(upper) as upper from (
        select lower, upper,
               count(*) filter (where before is null or lower > before) over (order by lower, upper) as island
        from (select lower, upper, max(upper) over (order by lower, upper
                  rows between unbounded preceding and 1 preceding) as before from bad) b) n
    group by island
), day as (
    select min(day) as first from (select min(on_date) as day from dated union all select min(start_on) from sub) d
)
select nullif(coalesce((select i.upper + 1 from islands i where i.lower < day.first and day.first <= i.upper),
                       day.first), 'infinity')::text
from day`
