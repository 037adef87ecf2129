package transfers

import (
	"reflect"
	"testing"

	"handover/internal/engine"
	"handover/internal/record"
)

func TestEveryFlowHasItsForms(t *testing.T) {
	t.Parallel()
	if len(flows) != len(record.Flows) {
		t.Fatalf("%d flows have forms, %d are declared", len(flows), len(record.Flows))
	}
	for _, declared := range record.Flows {
		f := FlowOf(declared.Kind)
		v := reflect.ValueOf(f)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "List" && name != "Lists" {
				t.Errorf("%s: %s is not decided", f.Kind, name)
			}
		}
		for _, step := range f.steps {
			if step.Label == "" || step.ask == nil || step.read == nil || step.answer == nil {
				t.Errorf("%s: the step %q is not complete", f.Kind, step.Name)
			}
			if preview := step.Name == f.Preview ||
				step.Name == engine.AskConfirm; preview != (step.Button.Label != "") {
				t.Errorf("%s: the step %q has the button %q", f.Kind, step.Name, step.Button.Label)
			}
		}
		if f.step(f.Preview).Name != f.Preview || f.steps[len(f.steps)-1].Name != engine.AskConfirm {
			t.Errorf("%s does not end with a preview and the act", f.Kind)
		}
	}
}
