package page

import (
	"strings"

	views "handover/views/page"
	"handover/views/ui"
)

// navSections are the pages of the navigation in their order. An entry is shown
// when its path is a route that the reader may open.
var navSections = []struct {
	Label   string
	Entries []navEntry
}{
	{"", []navEntry{{"Home", "/", ui.IconHome}}},
	{"Billing › Operations", []navEntry{
		{"Customers", "/customers", ui.IconUsers},
		{"Orders", "/orders", ui.IconClipboard},
	}},
	{"Contracts & Orders", []navEntry{{"Subscription Contracts", "/subscriptions", ui.IconContract}}},
	{"Catalog", []navEntry{{"Service Plans", "/plans", ui.IconCube}}},
	{"Partners", []navEntry{{"Distributors", "/distributors", ui.IconBuilding}}},
	{"Finance", []navEntry{
		{"Financial Periods", "/periods", ui.IconCalendarTime},
		{"Exchange Rates", "/rates", ui.IconTransfer},
		{"Journal", "/journal", ui.IconJournal},
		{"Reconciliation", "/reconciliation", ui.IconTable},
		{"Chart of Accounts", "/chart", ui.IconClipboard},
	}},
	{"System", []navEntry{
		{"Staff", "/staff", ui.IconStaff},
		{"Audit Log", "/audit", ui.IconAuditLog},
		{"Outbox", "/outbox", ui.IconMail},
		{"Mail Templates", "/templates", ui.IconEdit},
		{"Import", "/import", ui.IconUpload},
		{"API", "/api", ui.IconAPI},
		{"Webhooks", "/webhooks", ui.IconWebhook},
	}},
}

type navEntry struct {
	Label string
	Path  string
	Icon  ui.IconName
}

// navFor returns the navigation that the reader of the page may see, with how
// many things wait behind an entry.
func navFor(p *Page, waiting map[string]int64) []views.NavSection {
	here := strings.TrimPrefix(p.Request().URL.Path, p.panel)
	if strings.Contains(here, "/transfer-subscriptions") { // below a customer, but opened from the contracts
		here = "/subscriptions"
	}
	var out []views.NavSection
	for _, section := range navSections {
		shown := views.NavSection{Label: section.Label}
		for _, e := range section.Entries {
			if !p.MayOpen(e.Path) {
				continue
			}
			entry := views.NavEntry{Label: e.Label, Href: p.URL(e.Path), Icon: e.Icon, Current: within(here, e.Path)}
			if n := waiting[e.Path]; n > 0 {
				entry.Count = p.Count(int(n))
			}
			shown.Entries = append(shown.Entries, entry)
		}
		if len(shown.Entries) > 0 {
			out = append(out, shown)
		}
	}
	return out
}

// NavPages returns the pages of the navigation that the reader may see, without their sections.
func (p *Page) NavPages() []views.NavEntry {
	var out []views.NavEntry
	for _, section := range navFor(p, nil) {
		out = append(out, section.Entries...)
	}
	return out
}

// within reports whether the path here belongs to the page at path.
func within(here, path string) bool {
	if path == "/" {
		return here == "" || here == "/"
	}
	return here == path || strings.HasPrefix(here, path+"/")
}
