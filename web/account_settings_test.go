package web_test

import (
	"net/http"
	"testing"

	"handover/internal/testdb"
)

// One order is created on the 4th in Los Angeles, on the 5th in Oslo and at its own time in Tokyo: everybody
// reads it in their own zone, and the page names the zone.
func TestTimesAreInTheReadersZone(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	a, b := p.world.Customer(testdb.Customer{}), p.world.Customer(testdb.Customer{})
	order := p.world.TransferOrder(testdb.TransferOrder{Source: a.ID, Target: b.ID})
	p.world.Exec(`update transfer_orders set created_at = '2026-01-04T23:30:00Z'`)
	p.get("/pcp/orders/"+order.Number).wants(t, http.StatusOK, "4 Jan 2026, 23:30:00 UTC")
	for _, c := range []struct{ zone, style, want string }{
		{"America/Los_Angeles", "day_month", "4 Jan 2026, 15:30:00 America/Los_Angeles"},
		{"Europe/Oslo", "dots", "05.01.2026, 00:30:00 Europe/Oslo"},
		{"Asia/Tokyo", "year_month_day", "2026-01-05, 08:30:00 Asia/Tokyo"},
	} {
		form := p.get("/pcp/account").form("/pcp/account/settings")
		form.Set("time_zone", c.zone)
		form.Set("date_style", c.style)
		p.post("/pcp/account/settings", form).follow().wants(t, http.StatusOK, "Your display settings were saved.",
			"Your time zone: "+c.zone)
		p.get("/pcp/orders/"+order.Number).wants(t, http.StatusOK, c.want)
		p.get("/pcp/orders").wants(t, http.StatusOK, "Times are in "+c.zone)
	}
}

// Without a choice the zone of the distributor counts.
func TestDistributorsZoneIsTheUsualOne(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Exec(`update distributors set time_zone = 'Asia/Tokyo'`)
	p.get("/pcp/account").wants(t, http.StatusOK, "Your time zone: Asia/Tokyo",
		"Leave it empty for the zone of your distributor: Asia/Tokyo.")
}

func TestNumberStylePageSizeAndKeysAreOnesOwn(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	for range 26 {
		p.world.Customer(testdb.Customer{})
	}
	p.world.Invoice(testdb.Invoice{Customer: c.ID, Lines: []testdb.Line{{Amount: "12345.60"}}})
	if n := len(p.get("/pcp/customers").rows()); n != 27 {
		t.Errorf("the usual page has %d rows, want all 27", n)
	}
	form := p.get("/pcp/account").form("/pcp/account/settings")
	form.Set("number_style", "point_comma")
	form.Set("page_size", "25")
	form.Del("keys")
	p.post("/pcp/account/settings", form).follow()
	p.get("/pcp/customers/"+c.Number).wants(t, http.StatusOK, "€ 12.345,60")
	list := p.get("/pcp/customers")
	if n := len(list.rows()); n != 25 {
		t.Errorf("the page has %d rows, want the 25 that were chosen", n)
	}
	if off := list.doc.Find("html").AttrOr("data-keys", ""); off != "off" {
		t.Errorf("keyboard shortcuts are still on: %q", off)
	}
	other := p.otherBrowser()
	other.signIn(p.world.Staff(testdb.Staff{Name: "Nils Berg"}))
	other.get("/pcp/customers/"+c.Number).wants(t, http.StatusOK, "€ 12,345.60")
}

func TestWrongSettingsAreRefused(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	for field, c := range map[string]struct{ value, says string }{
		"time_zone":    {"Europe/Atlantis", `"Europe/Atlantis" is not a time zone.`},
		"date_style":   {"roman", `"roman" is not one of the styles.`},
		"number_style": {"roman", `"roman" is not one of the styles.`},
		"page_size":    {"33", "A list cannot show 33 rows a page."},
	} {
		form := p.get("/pcp/account").form("/pcp/account/settings")
		form.Set(field, c.value)
		p.post("/pcp/account/settings", form).wants(t, http.StatusUnprocessableEntity, c.says)
	}
	if got := p.world.Text(`select count(*) from staff_settings`); got != "0" {
		t.Errorf("%s settings were kept", got)
	}
}
