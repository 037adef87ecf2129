package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
)

// rule declares one finding: what it is called, what it does, to which flows it
// applies, and how it is found. A check returns nothing when all is well.
type rule struct {
	Code     Code
	Severity Severity
	Flows    []FlowKind
	check    func(ctx context.Context, q db.Querier, s *situation) ([]found, error)
}

var (
	allFlows  = []FlowKind{Distributor, Subscriptions, Merge}
	distOnly  = []FlowKind{Distributor}
	subsOnly  = []FlowKind{Subscriptions}
	mergeOnly = []FlowKind{Merge}
	customers = []FlowKind{Subscriptions, Merge} // between customers of one distributor
)

// rules lists the findings in the order they are shown: blocking ones first. The
// codes and their meaning are docs/domain.md 4.
func rules() []rule {
	return []rule{
		{"ACCOUNT_NOT_CUSTOMER", Blocking, allFlows, checkIsCustomer},
		{"ACCOUNT_NOT_ACTIVE", Blocking, allFlows, checkActive},
		{"SAME_ACCOUNT", Blocking, allFlows, checkSameAccount},
		{"DISTRIBUTOR_MISMATCH", Blocking, customers, checkSameDistributor},
		{"BRAND_MISMATCH", Blocking, customers, checkSameBrand},
		{"CURRENCY_MISMATCH", Blocking, customers, checkSameCurrency},
		{"RELATED_ACCOUNTS", Blocking, mergeOnly, checkRelated},
		{"TRANSFER_IN_PROGRESS", Blocking, allFlows, checkInProgress},
		{"EFFECTIVE_DATE_INVALID", Blocking, customers, checkEffectiveDate},
		{"CHILD_ACCOUNTS", Blocking, distOnly, checkChildren},
		{"PLAN_NOT_DELEGATED", Blocking, distOnly, checkDelegated},
		{"PLAN_NOT_TRANSFERABLE", Blocking, allFlows, checkTransferable},
		{"SUBSCRIPTION_STATE", Blocking, allFlows, checkSubscriptionState},
		{"RATE_REQUIRED", Blocking, distOnly, checkRateRequired},
		{"RATE_INVALID", Blocking, distOnly, checkRateInvalid},
		{"RATE_IMPLAUSIBLE", Blocking, distOnly, checkRateImplausible},
		{"DRAFT_INVOICE", Blocking, []FlowKind{Distributor, Merge}, checkDrafts},
		{"ACCRUED_REVENUE", Blocking, distOnly, checkAccrued},
		{"UNBILLED_ON_ENDED", Blocking, []FlowKind{Distributor, Merge}, checkUnbilledOnEnded},
		{"ORDER_INCOMPLETE", Blocking, allFlows, checkPlacedOrders},
		{"PAYMENT_IN_PROGRESS", Blocking, allFlows, checkPayments},
		{"INVALID_RELATIONSHIP", Blocking, customers, checkRelationships},
		{"MEMO_BEFORE_EFFECTIVE_DATE", Blocking, customers, checkMemosBefore},
		{"RESTRICTED_RECORD", Blocking, customers, checkRestricted},
		{"PERIOD_CLOSED", Blocking, allFlows, checkPeriods},
		{"LINKED_SUBSCRIPTIONS", Warning, subsOnly, checkLinked},
		{"PARTIAL_TRANSFER", Warning, customers, checkPartial},
		{"BOOKS_DIVERGE", Warning, allFlows, checkBooksDiverge},
		{"BILL_TO_PARENT", Warning, allFlows, checkBillToParent},
		{"LEGAL_ENTITY_DIFFERS", Warning, distOnly, checkLegalEntity},
		{"COUNTRY_DIFFERS", Warning, customers, checkCountries},
		{"DUPLICATE_AT_TARGET", Warning, distOnly, checkDuplicate},
		{"SAME_LOGIN", Warning, customers, checkLogins},
		{"TAX_ID_DIFFERS", Warning, customers, checkTaxIDs},
		{"CRM_CONFLICT", Warning, allFlows, checkCRM},
		{"SCA_AUTHENTICATION_REQUIRED", Warning, allFlows, checkSCA},
		{"PAYMENT_METHODS_NOT_MOVED", Warning, allFlows, checkMethods},
		{"TERMS_NOT_MAPPED", Warning, distOnly, checkTerms},
		{"PROMOTION_DROPPED", Warning, distOnly, checkPromotions},
		{"PRICE_CHANGES", Warning, distOnly, checkPrices},
		{"RATE_DEVIATES", Warning, distOnly, checkRateDeviates},
		{rateStale, Warning, distOnly, checkRateStale},
		{"RATE_UNVERIFIED", Warning, distOnly, checkRateUnverified},
		{"BALANCE_VANISHES", Warning, distOnly, checkVanishing},
		{"PREPAID_TERM", Warning, allFlows, checkPrepaid},
		{"UNAPPLIED_MOVES", Warning, subsOnly, checkUnappliedMoves},
		{"REFUNDED_CREDIT", Warning, []FlowKind{Distributor, Merge}, checkRefundedCredit},
		{"UNBILLED_USAGE", Warning, []FlowKind{Distributor, Subscriptions}, checkUsage},
		{"PAY_LINK_NAME", Warning, customers, checkPayLinks},
	}
}

// Codes returns the codes that apply to a flow, in the order they are shown.
func Codes(kind FlowKind) []Code {
	var codes []Code
	for _, r := range rules() {
		if slices.Contains(r.Flows, kind) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// findingsOf runs the checks; all are shown at once, never one at a time.
func findingsOf(ctx context.Context, q db.Querier, s *situation, list []rule) ([]Finding, error) {
	out := []Finding{}
	for _, r := range list {
		if s.notCustomer && r.Code != "ACCOUNT_NOT_CUSTOMER" {
			continue
		}
		all, err := r.check(ctx, q, s)
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
func join(all []found) found {
	out := found{acknowledgement: all[0].acknowledgement, severity: all[0].severity}
	var messages, remedies []string
	for _, f := range all {
		messages = append(messages, f.message)
		if !slices.Contains(remedies, f.remedy) {
			remedies = append(remedies, f.remedy)
		}
		if out.instead == nil {
			out.instead = f.instead
		}
		out.records = append(out.records, f.records...)
		out.count += max(f.count, len(f.records))
	}
	out.message, out.remedy = strings.Join(messages, " "), strings.Join(remedies, " ")
	return out
}

// records runs a statement that returns kind and number of each record concerned.
func (s *situation) records(ctx context.Context, q db.Querier, text string) ([]Record, error) {
	bound, values := bind(text, s.args())
	var list []Record
	if err := q.SelectContext(ctx, &list, bound, values...); err != nil {
		return nil, err
	}
	return list, nil
}

// one returns the finding of a check that is made in memory.
func one(f found) ([]found, error) { return []found{f}, nil }

// findingRecords is how many records a finding lists; Count has them all.
const findingRecords = 50

// found is what a check returns: the finding without what its rule's entry says.
type found struct {
	message, remedy, acknowledgement string
	severity                         Severity // "" = that of the rule
	records                          []Record
	count                            int // when records is not the whole list
	instead                          *Instead
}

// finding joins what a check found with its rule.
func (r rule) finding(f found) Finding {
	out := Finding{
		Code: r.Code, Severity: r.Severity, Message: f.message, Remedy: f.remedy,
		Count: max(f.count, len(f.records)), Records: f.records, Instead: f.instead,
	}
	if len(out.Records) > findingRecords {
		out.Records = out.Records[:findingRecords]
	}
	if out.Records == nil {
		out.Records = []Record{}
	}
	if f.severity != "" {
		out.Severity = f.severity
	}
	if out.Severity == Warning {
		out.Acknowledgement = &f.acknowledgement
	}
	return out
}
