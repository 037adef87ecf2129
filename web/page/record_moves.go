package page

import (
	"cmp"
	"fmt"
	"strings"

	"handover/internal/accounts"
	views "handover/views/page"
)

// MoveRows puts into words what transfers changed of a record, the last first.
func MoveRows(p *Page, moves []accounts.Move) []views.MoveRow {
	var out []views.MoveRow
	for _, m := range moves {
		if m.Column == "settled_status" { // bookkeeping of the status, which has a row of its own
			continue
		}
		row := views.MoveRow{Order: m.Order(), Href: p.URL("/orders/" + m.Order()), Sentence: moveSentence(p.Style, m)}
		if m.At != nil {
			row.When = p.Time(*m.At)
		}
		out = append(out, row)
	}
	return out
}

func moveSentence(s Style, m accounts.Move) string {
	var sentence string
	switch {
	case m.Between():
		sentence = fmt.Sprintf(msgMoved, endOf(m.From), endOf(m.To))
	case m.Column == "" && m.Before == nil:
		sentence = msgCreated
	case m.Column == "" && m.After == nil:
		sentence = msgRemoved
	case m.Column == "plan_id":
		sentence = fmt.Sprintf(msgPlanChanged, planOf(s, m.FromPlan, m.Before), planOf(s, m.ToPlan, m.After))
	case m.BeforeHidden && !m.AfterHidden:
		sentence = fmt.Sprintf(msgSetTo, columnTitle(m.Column), valueOf(s, m.Column, m.After))
	case m.AfterHidden && !m.BeforeHidden:
		sentence = fmt.Sprintf("%s was %s", columnTitle(m.Column), valueOf(s, m.Column, m.Before))
	default:
		sentence = fmt.Sprintf(msgChangedFrom, columnTitle(m.Column), valueOf(s, m.Column, m.Before),
			valueOf(s, m.Column, m.After))
	}
	if m.Reversal {
		return sentence + msgByReversal
	}
	return sentence
}

// endOf names the account at one end of a move, but not one outside the reader's scope.
func endOf(r *accounts.Relative) string {
	if r == nil {
		return accounts.Another
	}
	return r.Name + " (" + r.Number() + ")"
}

// planOf names a plan, but not one outside the reader's scope.
func planOf(s Style, name string, id *string) string {
	if name == "" {
		return labelForeignPlan
	}
	return name + " (" + valueOf(s, "plan_id", id) + ")"
}

// moveTitles name the columns whose words are not their names.
var moveTitles = map[string]string{"parent_subscription_id": "Parent", "subscription_id": "Subscription"}

// columnTitle names a column at the start of a sentence: "Price frozen", "Plan".
func columnTitle(column string) string {
	return UpperFirst(cmp.Or(moveTitles[column], strings.ReplaceAll(column, "_", " ")))
}

// referencePrefixes are the numbers that identify the references of the ledger.
var referencePrefixes = map[string]string{
	"subscription_id": accounts.SubscriptionPrefix, "parent_subscription_id": accounts.SubscriptionPrefix,
	"plan_id": accounts.PlanPrefix,
}

func valueOf(s Style, column string, value *string) string {
	if value == nil || *value == "" {
		return "none"
	}
	if prefix, ok := referencePrefixes[column]; ok {
		if id, found := accounts.ParseNumber(prefix, prefix+"-"+*value); found {
			return accounts.Number(prefix, id)
		}
	}
	return s.Value(*value)
}
