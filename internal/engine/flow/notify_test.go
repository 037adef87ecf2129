package flow

import (
	"testing"

	"handover/internal/letters"
	"handover/internal/record"
)

func TestEveryFlowHasItsLetterToTheCustomer(t *testing.T) {
	t.Parallel()
	for _, f := range record.Flows {
		if _, ok := letters.KindOf(customerLetters[f.Kind]); !ok {
			t.Errorf("%s: there is no mail to the customer", f.Kind)
		}
	}
}
