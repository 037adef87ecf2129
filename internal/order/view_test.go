package order

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/internal/record"
)

// fill gives every field below v a value of its own, and every list and map one entry.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(*n), 0)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(fmt.Sprintf("value %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	default:
		panic("the test fills no " + v.Type().String())
	}
}

// filled are the paths of the fields that have a value; below one of the names in whole, it is the
// path of that one.
func filled(path string, v reflect.Value, whole []string) []string {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	var out []string
	switch _, isTime := v.Interface().(time.Time); {
	case v.IsZero():
	case slices.Contains(whole, path), isTime:
		out = []string{path}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if path != "" {
				name = path + "." + name
			}
			out = append(out, filled(name, v.Field(i), whole)...)
		}
	case v.Kind() == reflect.Slice && v.Len() > 0:
		out = filled(path, v.Index(0), whole)
	default:
		out = []string{path}
	}
	return out
}

// fullOrder is an order that has a value in every field; its one memo is of the account.
func fullOrder(account string) Order {
	var o Order
	n := 0
	fill(reflect.ValueOf(&o).Elem(), &n)
	o.Kind, o.Status, o.Result.Memos[0].Customer = record.Distributor, StateAwaiting, account
	o.SourceNumber, o.TargetNumber = "C-000001", "C-000002"
	return o
}

// TestOneSideSeesOnlyDeclaredFields fills every field of an order and compares what a reader of one
// side gets with what is declared here.
func TestOneSideSeesOnlyDeclaredFields(t *testing.T) {
	t.Parallel()
	always := []string{
		"ID", "Number", "Kind", "Status", "CreatedAt", "UpdatedAt", "SubmittedAt", "StartAt", "StartedAt",
		"CompletedAt", "ExpiresAt",
		"ReversesID", "Reverses", "ReversedBy", "SourceName", "SourceDistributor", "TargetDistributor",
		"RequestedByName", "Failure",
		"Request.Kind", "Request.Mode", "Result.Personal.What", "Result.Personal.Went", "Result.Personal.Why",
		"Result.Personal.Basis",
		"Result.Memos.Kind", "Result.Memos.Number", "Result.Memos.Customer", "Result.Memos.Amount",
		"Result.Memos.Entry",
		"Result.Memos.PostedOn", "Result.Memos.DueOn", "Result.Memos.Origin", "Result.Memos.Debit",
		"Result.Memos.Credit",
	}
	whole := []string{"Preview.Source", "Preview.Target", "Consent", "Result.Memos.Amount", "Result.Recipient"}
	for name, c := range map[string]struct {
		sides   Sides
		account string
		status  string
		sees    []string
	}{
		"the source": {
			Sides{Source: true}, "C-000001", StateAwaiting, []string{
				"SourceID", "SourceNumber", "SourceDistributorID",
				"Preview.Source",
			},
		},
		"the target, while it is asked": {
			Sides{Target: true},
			"C-000002", StateAwaiting,
			[]string{"TargetID", "TargetNumber", "TargetName", "TargetDistributorID", "Consent", "Result.Recipient"},
		},
		"the target, afterwards": {
			Sides{Target: true},
			"C-000002", stateCompleted,
			[]string{
				"TargetID", "TargetNumber", "TargetName", "TargetDistributorID", "Preview.Target",
				"Result.Recipient",
			},
		},
		"the requester": {
			Sides{Source: true, Requester: true},
			"C-000001", StateAwaiting,
			[]string{
				"SourceID", "SourceNumber", "SourceDistributorID", "Preview.Source", "RequestedBy", "Reason",
				"Request.Reason",
			},
		},
	} {
		o := fullOrder(c.account)
		o.Status = c.status
		seen := o.seenWith(c.sides)
		want := slices.Concat(always, c.sees)
		slices.Sort(want)
		got := filled("", reflect.ValueOf(seen), whole)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: declared -, seen +:\n%s", name, diff)
		}
		if !c.sides.Source && (seen.SourceName != Another || seen.SourceDistributor != Another) || !c.sides.Target &&
			seen.TargetDistributor != Another ||
			!c.sides.Requester && seen.RequestedByName != Another {
			t.Errorf("%s: the other side is named: %+v", name, seen)
		}
		foreign := fullOrder("C-000003")
		if got := foreign.seenWith(c.sides).Result.Memos; len(got) != 0 {
			t.Errorf("%s: the memos of another account are seen: %v", name, got)
		}
	}
}

// TestBothSidesWithoutTheRequester: who sees both accounts, and not who asked, gets neither the name
// nor the reason.
func TestBothSidesWithoutTheRequester(t *testing.T) {
	t.Parallel()
	o := fullOrder("C-000001")
	seen := o.seenWith(Sides{Source: true, Target: true, Whole: true})
	if seen.RequestedBy != nil || seen.RequestedByName != Another || seen.Request.Reason != "" ||
		seen.RequestJSON != "" || seen.PreviewJSON != nil {
		t.Errorf("the requester is seen: %+v", seen)
	}
	if seen.Reason != o.Reason || seen.Result == nil || seen.SourceName != o.SourceName ||
		seen.TargetName != o.TargetName {
		t.Errorf("what belongs to both sides is hidden: %+v", seen)
	}
}
