package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"handover/internal/fault"
)

func TestFieldsGatherAllMistakes(t *testing.T) {
	var fields fault.Fields
	if fields.Err() != nil {
		t.Fatal("no mistake is no error")
	}
	fields.Add("rate", "%q is negative", "-1")
	fields.Add("mode", "select one")
	err := fmt.Errorf("read the form: %w", fields.Err())
	if !fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		t.Errorf("code %q", fault.CodeOf(err))
	}
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Error() != `rate: "-1" is negative; mode: select one` {
		t.Errorf("got %v", err)
	}
}

func TestErrorKeepsItsCause(t *testing.T) {
	cause := errors.New("no rows")
	err := &fault.Error{Code: fault.NotFound, Message: "There is no order TO-000001.", Cause: cause}
	if !errors.Is(err, cause) || err.Error() != "There is no order TO-000001." {
		t.Errorf("got %v", err)
	}
	if fault.CodeOf(cause) != "" {
		t.Error("what is no fault has no code")
	}
}
