package engine

import (
	"slices"
	"testing"

	"handover/internal/record"
	"handover/internal/transfer"
)

// TestCaseLogins is case 66: a merge that gives one account two service users of one login.
func TestCaseLogins(t *testing.T) {
	o := newOutside(t, "66-logins")
	p := o.preview(o.merge("K66-A", "K66-B", ""))
	f, ok := p.Finding("SAME_LOGIN")
	if !ok || f.Severity != transfer.Warning || !p.Executable {
		t.Fatalf("got %+v", p.Findings)
	}
	ua, ub := o.Text(`select number_of('SU', id) from service_users where external_id = 'K66-UA'`), o.Text(`select
		number_of('SU', id) from service_users where external_id = 'K66-UB'`)
	if !slices.Equal(f.Records, []transfer.Record{
		{Kind: "service_user", Number: ua},
		{Kind: "service_user", Number: ub},
	}) {
		t.Errorf("records %+v", f.Records)
	}
	if want := "2 service users of K66 Customer B (" + o.number("C", "K66-B") +
		") would share a login: ada@k66.example."; f.Message != want {
		t.Errorf("got %q, want %q", f.Message, want)
	}
	if want := "1 login belongs to several service users of K66 Customer B: ada@k66.example"; *f.Acknowledgement !=
		want {
		t.Errorf("got %q, want %q", *f.Acknowledgement, want)
	}
	o.transfer(o.merge("K66-A", "K66-B", ""))
	o.want("the users of the target", "2", `select count(*)::text from service_users u
		join customers c on c.id = u.customer_id where c.external_id = 'K66-B'`)
}

// TestCaseExisting is case 80: the new distributor has this customer already.
func TestCaseExisting(t *testing.T) {
	o := newOutside(t, "80-existing")
	ask := transfer.Request{
		Kind: record.Distributor, SourceCustomer: o.number("C", "K80-A"),
		TargetDistributor: o.number("D", "K80-DB"), Mode: transfer.ModeSubscriptions,
	}
	p := o.preview(ask)
	f, ok := p.Finding("DUPLICATE_AT_TARGET")
	if !ok || f.Severity != transfer.Warning || !p.Executable {
		t.Fatalf("got %+v", p.Findings)
	}
	if !slices.Equal(f.Records, []transfer.Record{{Kind: "customer", Number: o.number("C", "K80-X")}}) {
		t.Errorf("records %+v", f.Records)
	}
	if _, ok := p.Finding("CRM_CONFLICT"); !ok {
		t.Error("the CRM id that both carry is not noticed any more")
	}
	o.Exec(`update customers set tax_id = 'NO81' where external_id = 'K80-X'`) // email and name are the same still
	p = o.preview(ask)
	if _, ok := p.Finding("DUPLICATE_AT_TARGET"); !ok {
		t.Error("the same email and name are not noticed")
	}
	o.Exec(`update customers set name = 'K80 Customer X' where external_id = 'K80-X'`)
	p = o.preview(ask)
	if _, ok := p.Finding("DUPLICATE_AT_TARGET"); ok {
		t.Error("the same email alone is noticed")
	}
}
