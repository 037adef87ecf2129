package finance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/reconciliation"
	views "handover/views/finance"
	"handover/web/page"
)

// controlWords are how the two control accounts are called, and their sub-ledgers.
var controlWords = map[string]struct{ title, subLedger string }{
	"receivable": {"Receivable", "Balance"}, "deferred_revenue": {"Deferred revenue", "Schedules"},
}

// exceptionWords say why a document owes another amount than its own.
var exceptionWords = map[string]string{
	"status":    msgSettledByStatus,
	"void":      msgAllocatedOnNothing,
	"elsewhere": msgSettledByOthers,
}

// account shows ledger and records of one account as they are now.
func (h reconciliationPages) account(p *page.Page) error {
	ref := page.PathParam(p, "number")
	id, ok := accounts.ParseNumber(accounts.CustomerPrefix, ref)
	if !ok {
		return fault.New(fault.NotFound, msgNoCustomer, ref)
	}
	v, err := reconciledAccount(p, id)
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, "Reconciliation of "+v.Number, views.ReconciledAccountPage(v))
}

func reconciledAccount(p *page.Page, id int64) (views.ReconciledAccount, error) {
	c, err := accounts.GetCustomer(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return views.ReconciledAccount{}, err
	}
	controls, err := reconciliation.ControlAccounts(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return views.ReconciledAccount{}, err
	}
	number := accounts.Number(accounts.CustomerPrefix, id)
	v := views.ReconciledAccount{
		Name: c.Name, Number: number, Href: p.URL("/customers/" + number),
		Distributor: c.DistributorName,
	}
	for _, control := range controls {
		v.Controls = append(v.Controls, controlView(p, number, control))
	}
	return v, nil
}

func controlView(p *page.Page, number string, c reconciliation.ControlAccount) views.ControlAccount {
	words := controlWords[c.Role]
	v := views.ControlAccount{
		ID: c.Role + "-" + number + "-" + c.Currency, Title: words.title, Currency: "in " + c.Currency,
		SubLedgerLabel: words.subLedger,
		Ledger:         p.Money(c.Ledger, c.Currency), SubLedger: p.Money(c.SubLedger, c.Currency),
		Difference: p.Money(c.Difference, c.Currency),
		Agrees:     c.Difference.IsZero(), Since: p.Day(c.Since),
	}
	if c.More > 0 {
		v.More = p.Plural(c.More, oneMoreDiffers, manyMoreDiffer) + msgByLessThanThese
	}
	for _, piece := range c.Pieces {
		row := views.ControlPiece{
			Record: reconciledRecord(p, piece.Kind, piece.RecordID, piece.Number), On: p.Date(piece.On),
			Posted: p.Money(piece.Posted, c.Currency), Owed: p.Money(piece.Owed, c.Currency),
			Difference: p.Money(piece.Difference, c.Currency),
		}
		var why []string
		for _, exception := range piece.Exceptions {
			why = append(why, exceptionWords[exception])
		}
		row.Why = strings.Join(why, " ")
		for _, entry := range piece.Entries {
			row.Entries = append(row.Entries, reconciledRecord(p, "journal_entry", entry, accounts.Number("JE", entry)))
		}
		v.Pieces = append(v.Pieces, row)
	}
	return v
}

// order shows both accounts of a transfer order, and what it posted between them. Of a side that
// the reader does not see nothing is shown.
func (h reconciliationPages) order(p *page.Page) error {
	o, sides, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), strings.ToUpper(page.PathParam(p, "number")))
	if err != nil {
		return err
	}
	v := views.ReconciledOrder{Number: o.Number, Href: p.URL("/orders/" + o.Number)}
	if !sides.Whole {
		v.Partial = msgOtherSideHidden
	}
	ids := []int64{}
	if sides.Source {
		ids = append(ids, o.SourceID)
	}
	if sides.Target && o.TargetID != nil {
		ids = append(ids, *o.TargetID)
	}
	for _, id := range ids {
		account, err := reconciledAccount(p, id)
		if err != nil {
			return err
		}
		v.Accounts = append(v.Accounts, account)
	}
	lines, err := reconciliation.OrderLines(p.Ctx(), p.DB(), o.ID)
	if err != nil {
		return err
	}
	rate := tableRate(o)
	if rate.Valid && sides.Whole {
		v.TableRate = p.Number(rate.Decimal)
	}
	for _, l := range lines {
		line := clearingLine(p, l, rate)
		if !sides.Whole && l.OriginalCurrency != l.Currency {
			line.Original, line.Rate = "", "" // the other side's amount
		}
		v.Lines = append(v.Lines, line)
	}
	if sides.Whole {
		v.Verdicts = orderVerdicts(p, lines)
	}
	return p.Render(http.StatusOK, "Reconciliation of "+o.Number, views.ReconciledOrderPage(v))
}

// tableRate is what the rate table proposed on the day of the transfer, null where nothing was
// converted or the table had no rate.
func tableRate(o order.Order) decimal.NullDecimal {
	if o.Result == nil || o.Result.Rate == nil || o.Result.Rate.Proposed == "" {
		return decimal.NullDecimal{}
	}
	rate, err := decimal.NewFromString(o.Result.Rate.Proposed)
	return decimal.NullDecimal{Decimal: rate, Valid: err == nil}
}

// clearingLine is a line with its original amount and rate; of a converted one also the amount
// that the table rate gives, and by how much the posted one differs (docs/accounting.md). Debit
// and credit say the direction, so that the amounts have no sign.
func clearingLine(p *page.Page, l reconciliation.OrderLine, table decimal.NullDecimal) views.OrderLine {
	line := views.OrderLine{
		Entry:       reconciledRecord(p, "journal_entry", l.EntryID, accounts.Number("JE", l.EntryID)),
		Distributor: l.Distributor, Account: l.Account,
		Debit: amountOrNone(p, l.Debit, l.Currency), Credit: amountOrNone(p, l.Credit, l.Currency),
		Original: p.Money(l.Original.Abs(), l.OriginalCurrency), Rate: p.Number(l.Rate),
	}
	if table.Valid && l.OriginalCurrency != l.Currency {
		at := money.Round(l.Original.Abs().Mul(table.Decimal), l.Currency)
		line.AtTable, line.Difference = p.Money(at, l.Currency),
			p.Money(l.Debit.Add(l.Credit).Sub(at), l.Currency)
	}
	return line
}

// orderVerdicts say per currency of origin whether the lines of both sides add up to nothing.
func orderVerdicts(p *page.Page, lines []reconciliation.OrderLine) []views.OrderVerdict {
	var currencies []string
	sums := map[string]decimal.Decimal{}
	for _, l := range lines {
		if !slices.Contains(currencies, l.OriginalCurrency) {
			currencies = append(currencies, l.OriginalCurrency)
		}
		sums[l.OriginalCurrency] = sums[l.OriginalCurrency].Add(l.Original)
	}
	var out []views.OrderVerdict
	for _, currency := range currencies {
		out = append(out, views.OrderVerdict{
			Text:   msgSidesDiffer + p.Money(sums[currency], currency) + ".",
			Agrees: sums[currency].IsZero(),
		})
	}
	return out
}
