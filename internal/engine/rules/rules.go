package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Rule declares one finding: what it is called, what it does, to which flows it
// applies, and how it is found. A check returns nothing when all is well.
type Rule struct {
	Code     transfer.Code
	Severity transfer.Severity
	Flows    []record.FlowKind
	Check    func(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error)
}

// The transfers that a finding applies to.
var (
	AllFlows  = []record.FlowKind{record.Distributor, record.Subscriptions, record.Merge}
	distOnly  = []record.FlowKind{record.Distributor}
	subsOnly  = []record.FlowKind{record.Subscriptions}
	mergeOnly = []record.FlowKind{record.Merge}
	customers = []record.FlowKind{record.Subscriptions, record.Merge} // between customers of one distributor
)

// All lists the findings in the order they are shown: blocking ones first. The
// codes and their meaning are docs/domain.md 4.
func All() []Rule {
	return []Rule{
		{"ACCOUNT_NOT_CUSTOMER", transfer.Blocking, AllFlows, checkIsCustomer},
		{"ACCOUNT_NOT_ACTIVE", transfer.Blocking, AllFlows, checkActive},
		{"SAME_ACCOUNT", transfer.Blocking, AllFlows, checkSameAccount},
		{"DISTRIBUTOR_MISMATCH", transfer.Blocking, customers, checkSameDistributor},
		{"BRAND_MISMATCH", transfer.Blocking, customers, checkSameBrand},
		{"CURRENCY_MISMATCH", transfer.Blocking, customers, checkSameCurrency},
		{"RELATED_ACCOUNTS", transfer.Blocking, mergeOnly, checkRelated},
		{"TRANSFER_IN_PROGRESS", transfer.Blocking, AllFlows, CheckInProgress},
		{"EFFECTIVE_DATE_INVALID", transfer.Blocking, customers, checkEffectiveDate},
		{"CHILD_ACCOUNTS", transfer.Blocking, distOnly, checkChildren},
		{"PLAN_NOT_DELEGATED", transfer.Blocking, distOnly, checkDelegated},
		{"PLAN_NOT_TRANSFERABLE", transfer.Blocking, AllFlows, checkTransferable},
		{"SUBSCRIPTION_STATE", transfer.Blocking, AllFlows, checkSubscriptionState},
		{"RATE_REQUIRED", transfer.Blocking, distOnly, checkRateRequired},
		{"RATE_INVALID", transfer.Blocking, distOnly, checkRateInvalid},
		{"RATE_IMPLAUSIBLE", transfer.Blocking, distOnly, checkRateImplausible},
		{"DRAFT_INVOICE", transfer.Blocking, []record.FlowKind{record.Distributor, record.Merge}, checkDrafts},
		{"ACCRUED_REVENUE", transfer.Blocking, distOnly, checkAccrued},
		{
			"UNBILLED_ON_ENDED", transfer.Blocking,
			[]record.FlowKind{record.Distributor, record.Merge},
			checkUnbilledOnEnded,
		},
		{"ORDER_INCOMPLETE", transfer.Blocking, AllFlows, checkPlacedOrders},
		{"PAYMENT_IN_PROGRESS", transfer.Blocking, AllFlows, checkPayments},
		{"INVALID_RELATIONSHIP", transfer.Blocking, customers, checkRelationships},
		{"MEMO_BEFORE_EFFECTIVE_DATE", transfer.Blocking, customers, checkMemosBefore},
		{"RESTRICTED_RECORD", transfer.Blocking, customers, checkRestricted},
		{"PERIOD_CLOSED", transfer.Blocking, AllFlows, checkPeriods},
		{"LINKED_SUBSCRIPTIONS", transfer.Warning, subsOnly, checkLinked},
		{"PARTIAL_TRANSFER", transfer.Warning, customers, checkPartial},
		{"BOOKS_DIVERGE", transfer.Warning, AllFlows, CheckBooksDiverge},
		{"BILL_TO_PARENT", transfer.Warning, AllFlows, checkBillToParent},
		{"LEGAL_ENTITY_DIFFERS", transfer.Warning, distOnly, checkLegalEntity},
		{"COUNTRY_DIFFERS", transfer.Warning, customers, checkCountries},
		{"DUPLICATE_AT_TARGET", transfer.Warning, distOnly, checkDuplicate},
		{"SAME_LOGIN", transfer.Warning, customers, checkLogins},
		{"TAX_ID_DIFFERS", transfer.Warning, customers, checkTaxIDs},
		{"CRM_CONFLICT", transfer.Warning, AllFlows, checkCRM},
		{"SCA_AUTHENTICATION_REQUIRED", transfer.Warning, AllFlows, checkSCA},
		{"PAYMENT_METHODS_NOT_MOVED", transfer.Warning, AllFlows, checkMethods},
		{"TERMS_NOT_MAPPED", transfer.Warning, distOnly, checkTerms},
		{"PROMOTION_DROPPED", transfer.Warning, distOnly, checkPromotions},
		{"PRICE_CHANGES", transfer.Warning, distOnly, checkPrices},
		{"RATE_DEVIATES", transfer.Warning, distOnly, checkRateDeviates},
		{transfer.RateStale, transfer.Warning, distOnly, checkRateStale},
		{"RATE_UNVERIFIED", transfer.Warning, distOnly, checkRateUnverified},
		{"BALANCE_VANISHES", transfer.Warning, distOnly, checkVanishing},
		{"PREPAID_TERM", transfer.Warning, AllFlows, checkPrepaid},
		{"UNAPPLIED_MOVES", transfer.Warning, subsOnly, checkUnappliedMoves},
		{"REFUNDED_CREDIT", transfer.Warning, []record.FlowKind{record.Distributor, record.Merge}, checkRefundedCredit},
		{"UNBILLED_USAGE", transfer.Warning, []record.FlowKind{record.Distributor, record.Subscriptions}, checkUsage},
		{"PAY_LINK_NAME", transfer.Warning, customers, checkPayLinks},
	}
}

// Codes returns the codes that apply to a flow, in the order they are shown.
func Codes(kind record.FlowKind) []transfer.Code {
	var codes []transfer.Code
	for _, r := range All() {
		if slices.Contains(r.Flows, kind) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// Find runs the checks; all are shown at once, never one at a time.
func Find(ctx context.Context, q db.Querier, s *situation.Situation, list []Rule) ([]transfer.Finding, error) {
	out := []transfer.Finding{}
	for _, r := range list {
		if s.NotCustomer && r.Code != "ACCOUNT_NOT_CUSTOMER" {
			continue
		}
		all, err := r.Check(ctx, q, s)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", r.Code, err)
		}
		if len(all) > 0 {
			out = append(out, r.finding(join(all)))
		}
	}
	return out, nil
}

// join makes one finding of all that a check found: a code is shown once.
func join(all []Found) Found {
	out := Found{Acknowledgement: all[0].Acknowledgement, severity: all[0].severity}
	var messages, remedies []string
	for _, f := range all {
		messages = append(messages, f.Message)
		if !slices.Contains(remedies, f.Remedy) {
			remedies = append(remedies, f.Remedy)
		}
		if out.instead == nil {
			out.instead = f.instead
		}
		out.Records = append(out.Records, f.Records...)
		out.Count += max(f.Count, len(f.Records))
	}
	out.Message, out.Remedy = strings.Join(messages, " "), strings.Join(remedies, " ")
	return out
}

// Records runs a statement that returns kind and number of each record concerned.
func Records(ctx context.Context, q db.Querier, s *situation.Situation, text string) ([]transfer.Record, error) {
	bound, values := record.Bind(text, s.Args())
	var list []transfer.Record
	if err := q.SelectContext(ctx, &list, bound, values...); err != nil {
		return nil, err
	}
	return list, nil
}

// One returns the finding of a check that is made in memory.
func One(f Found) ([]Found, error) { return []Found{f}, nil }

// FindingRecords is how many records a finding lists; Count has them all.
const FindingRecords = 50

// Found is what a check returns: the finding without what its rule's entry says.
type Found struct {
	Message, Remedy, Acknowledgement string
	severity                         transfer.Severity // "" = that of the rule
	Records                          []transfer.Record
	Count                            int // when records is not the whole list
	instead                          *transfer.Instead
}

// finding joins what a check found with its rule.
func (r Rule) finding(f Found) transfer.Finding {
	out := transfer.Finding{
		Code: r.Code, Severity: r.Severity, Message: f.Message, Remedy: f.Remedy,
		Count: max(f.Count, len(f.Records)), Records: f.Records, Instead: f.instead,
	}
	if len(out.Records) > FindingRecords {
		out.Records = out.Records[:FindingRecords]
	}
	if out.Records == nil {
		out.Records = []transfer.Record{}
	}
	if f.severity != "" {
		out.Severity = f.severity
	}
	if out.Severity == transfer.Warning {
		out.Acknowledgement = &f.Acknowledgement
	}
	return out
}
