package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/web"
)

func TestStaffList(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reseller := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	p.world.Staff(testdb.Staff{
		Name: "Otto <Berg>", Email: "otto@nordlys.example", Role: "support",
		Distributor: reseller.ID, Status: "disabled",
	})
	all := p.get("/pcp/staff")
	all.wants(t, http.StatusOK, "2 people", "Ada Meyer You", "Otto <Berg>", "Nordlys Partner", "Disabled", "Support")
	if all.doc.Find(`nav#nav a[href="/pcp/staff"][aria-current=page]`).Length() != 1 {
		t.Error("the navigation does not lead to the staff")
	}
	for _, query := range []string{"q=OTTO%40", "role=support", "status=disabled", "distributor=" + reseller.Number} {
		found := p.get("/pcp/staff?" + query)
		found.wants(t, http.StatusOK, "1 person", "otto@nordlys.example")
		if n := found.doc.Find("tbody tr").Length(); n != 1 {
			t.Errorf("%s finds %d", query, n)
		}
	}
	p.get("/pcp/staff?q=%25").wants(t, http.StatusOK, "No staff member fits these filters")
	p.get("/pcp/staff?role=boss").wants(t, http.StatusUnprocessableEntity, `"boss" is not one of the choices`)
	for n := range 60 {
		p.world.Staff(testdb.Staff{Name: fmt.Sprintf("Person %02d", n), Role: "support"})
	}
	for _, sort := range []string{"", "-email", "role", "distributor", "status", "-seen"} {
		seen := map[string]bool{}
		page := p.get("/pcp/staff?size=25&sort=" + sort)
		for {
			page.doc.Find("tbody td:nth-child(2)").Each(func(_ int, cell *goquery.Selection) {
				seen[cell.Text()] = true
			})
			next, more := page.doc.Find(`a[rel=next]`).Attr("href")
			if !more {
				break
			}
			page = p.get(next)
		}
		if len(seen) != 62 {
			t.Errorf("by %q the pages show %d people, want 62", sort, len(seen))
		}
	}
}

// Each privilege on the page of roles opens a route.
func TestEveryPrivilegeOpensSomething(t *testing.T) {
	t.Parallel()
	opens := map[identity.Privilege]bool{}
	for _, a := range web.Addresses() {
		opens[a.Needs] = true
	}
	opens[identity.BooksOverride] = true // fields of System > Import and flags of the command
	for _, info := range identity.Privileges() {
		if !opens[info.Privilege] {
			t.Errorf("%s (%s) opens nothing", info.Privilege, info.Allows)
		}
	}
}

// The page of roles is the table of the code, cell by cell.
func TestRolesPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	rows := p.get("/pcp/staff/roles").doc.Find(".role-matrix tbody tr")
	privileges := identity.Privileges()
	if rows.Length() != len(privileges) {
		t.Fatalf("%d rows for %d privileges", rows.Length(), len(privileges))
	}
	rows.Each(func(n int, row *goquery.Selection) {
		if code := row.Find("th code").Text(); code != string(privileges[n].Privilege) {
			t.Errorf("row %d is %s", n, code)
		}
		row.Find("td").Each(func(m int, cell *goquery.Selection) {
			role := identity.Roles()[m]
			if held := strings.TrimSpace(cell.Find(".visually-hidden").Text()) == "yes"; held !=
				role.Can(privileges[n].Privilege) {
				t.Errorf("%s %s: %v", role, privileges[n].Privilege, held)
			}
		})
	})
}

func TestWhoManagesStaff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role         string
		read, manage int
	}{
		{"administrator", http.StatusOK, http.StatusSeeOther},
		{"account_manager", http.StatusForbidden, http.StatusForbidden},
		{"finance", http.StatusForbidden, http.StatusForbidden},
		{"support", http.StatusForbidden, http.StatusForbidden},
		{"auditor", http.StatusOK, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.role, func(t *testing.T) {
			t.Parallel()
			p := newPanel(t)
			other := p.world.Staff(testdb.Staff{Role: "support"})
			p.signIn(p.world.Staff(testdb.Staff{Role: tt.role}))
			page := fmt.Sprintf("/pcp/staff/%d", other.ID)
			for _, path := range []string{"/pcp/staff", "/pcp/staff/roles", page} {
				if got := p.get(path).status; got != tt.read {
					t.Errorf("%s answers %d, want %d", path, got, tt.read)
				}
			}
			if tt.read == http.StatusOK {
				if offered := p.get(page).doc.Find("main form").Length() > 0; offered !=
					(tt.manage == http.StatusSeeOther) {
					t.Errorf("changes are offered: %v", offered)
				}
			}
			for _, action := range []string{"/reset", "/disable", "/enable"} {
				if got := p.post(page+action, nil).status; got != tt.manage {
					t.Errorf("%s answers %d, want %d", action, got, tt.manage)
				}
			}
			if tt.manage == http.StatusForbidden {
				for _, path := range []string{
					page, page + "/invite", page + "/withdraw", "/pcp/staff/invite",
					"/pcp/outbox/1/link",
				} {
					if got := p.post(path, nil).status; got != http.StatusForbidden {
						t.Errorf("%s answers %d", path, got)
					}
				}
			}
		})
	}
}

func TestPersonPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reseller := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	other := p.world.Staff(testdb.Staff{Name: "Otto Berg", Role: "support"})
	theirs := p.otherBrowser()
	theirs.signIn(other)
	page := fmt.Sprintf("/pcp/staff/%d", other.ID)
	form := p.get(page).form(page)
	if form.Get("name") != "Otto Berg" || form.Get("role") != "support" ||
		form.Get("distributor") != fmt.Sprintf("D-%06d", p.world.Provider.ID) {
		t.Errorf("the form holds %v", form)
	}
	p.post(page, form).follow().wants(t, http.StatusOK, "Nothing was changed.")
	bad := url.Values{"name": {" "}, "role": {"boss"}, "distributor": {"D-999999"}}
	p.post(page, bad).wants(t, http.StatusUnprocessableEntity, "Enter the person's name", `There is no role "boss"`)
	form.Set("distributor", "D-999999")
	p.post(page, form).wants(t, http.StatusUnprocessableEntity, "Choose the distributor that the person works for")
	form.Set("distributor", reseller.Number)
	form.Set("role", "finance")
	p.post(page, form).follow().wants(t, http.StatusOK, "Otto Berg has been signed out everywhere", "Finance",
		"Nordlys Partner")
	if theirs.get("/pcp/").status == http.StatusOK {
		t.Error("the session goes on after the change")
	}
	p.post(page+"/disable", nil).follow().wants(t, http.StatusOK,
		"Disabled Otto Berg. Their sessions have ended.", "Enable")
	p.post(page+"/disable", nil).wants(t, http.StatusConflict, other.Email+" is already disabled.")
	p.post(page+"/enable", nil).follow().wants(t, http.StatusOK, "Otto Berg can sign in again")
	own := fmt.Sprintf("/pcp/staff/%d", p.staff.ID)
	mine := p.get(own)
	mine.wants(t, http.StatusOK, "This is your own account.")
	if mine.doc.Find(`form[action="`+own+`/disable"]`).Length() != 0 {
		t.Error("one can disable oneself")
	}
	step := mine.form(own)
	step.Set("role", "support")
	p.post(own, step).wants(t, http.StatusConflict, "is the last administrator of Aurora Cloud")
	for _, unknown := range []string{"999", "x", "0"} {
		p.get("/pcp/staff/"+unknown).wants(t, http.StatusNotFound, "There is no such staff member.")
	}
}

func TestResetSecondFactor(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	person := p.world.Staff(testdb.Staff{Name: "Otto Berg", Role: "support"})
	path := fmt.Sprintf("/pcp/staff/%d", person.ID)
	button := func(path string) int {
		return p.get(path).doc.Find(`form[action="` + path + `/second-factor/reset"]`).Length()
	}
	if button(path) != 0 {
		t.Error("there is nothing to reset, but a button")
	}
	p.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) values ($1, 'sealed', now())`, person.ID)
	if button(path) != 1 {
		t.Error("no button")
	}
	if a := p.post(path+"/second-factor/reset", url.Values{}); a.header.Get("Location") != path {
		t.Errorf("answered %d: %s", a.status, a.text())
	}
	p.get(path).wants(t, http.StatusOK, "The second factor of Otto Berg was reset, and their sessions have ended.",
		"Second factorOff")
	if n := p.world.Text(`select count(*) from second_factors`); n != "0" {
		t.Errorf("%s second factors are left", n)
	}
	own := fmt.Sprintf("/pcp/staff/%d", p.staff.ID)
	p.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) values ($1, 'sealed', now())`, p.staff.ID)
	if button(own) != 0 {
		t.Error("one's own can be reset without a code")
	}
	p.post(own+"/second-factor/reset", url.Values{}).wants(t, http.StatusConflict,
		"Turn your second factor off under Your account")
	p.get("/pcp/account").wants(t, http.StatusOK, "Manage second factor")
}
