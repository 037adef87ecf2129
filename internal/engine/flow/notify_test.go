package flow

import (
	"testing"

	"handover/internal/emails"
	"handover/internal/record"
)

func TestEveryFlowHasItsEmailToTheCustomer(t *testing.T) {
	t.Parallel()
	for _, f := range record.Flows {
		if _, ok := emails.KindOf(customerEmails[f.Kind]); !ok {
			t.Errorf("%s: there is no mail to the customer", f.Kind)
		}
	}
}
