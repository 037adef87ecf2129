package demo

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// Keys of the products that the stories of cases.go and showcase.go name.
const (
	mail     = "MAIL"
	office   = "OFFICE"
	server   = "SERVER"
	storage  = "STORAGE"
	hosting  = "HOSTING"
	security = "SECURITY"
	private  = "PRIVATE"
	rack     = "RACK"
	backup   = "BACKUP"
)

// product is a service plan of the provider, from which resellers' plans are delegated.
type product struct {
	key, name, period string
	price             string // per unit and period, in euros
	resource          string
	included          int64
	rate              string // per unit of the resource above what is included; "" = not metered
	units             int    // customers order 1 to units
	weight            int    // how often it is ordered; add-ons: 0
	fixed             bool   // does not support transfer
}

// products is the provider's catalog.
var products = []product{
	{
		key: mail, name: "Business Mail", period: "monthly", price: "4.50", resource: "Mailbox GB", included: 50,
		units: 60, weight: 26,
	},
	{
		key: office, name: "Office Suite", period: "monthly", price: "11.90", resource: "Storage GB", included: 1000,
		units: 40, weight: 24,
	},
	{
		key: "OFFICE-Y", name: "Office Suite Yearly", period: "yearly", price: "129.00", resource: "Storage GB",
		included: 1000, units: 25, weight: 8,
	},
	{
		key: server, name: "Virtual Server M", period: "monthly", price: "42.00", resource: "Traffic GB", rate: "0.05",
		units: 6, weight: 16,
	},
	{
		key: storage, name: "Object Storage", period: "monthly", price: "5.00", resource: "Stored GB", rate: "0.022",
		units: 1, weight: 10,
	},
	{
		key: hosting, name: "Web Hosting Pro", period: "quarterly", price: "27.00", resource: "Site", included: 5,
		units: 3, weight: 8,
	},
	{
		key: security, name: "Managed Security", period: "yearly", price: "480.00", resource: "Endpoint", included: 25,
		units: 2, weight: 6,
	},
	{
		key: private, name: "Private Cloud", period: "monthly", price: "890.00", resource: "Core",
		included: 32, units: 1,
		weight: 1,
	},
	{
		key: rack, name: "Colocation Rack Unit", period: "monthly", price: "160.00", resource: "Rack unit", included: 1,
		units: 4, weight: 1, fixed: true,
	},
	{
		key: backup, name: "Backup Vault", period: "monthly", price: "3.50", resource: "Protected device", included: 1,
		units: 20,
	},
	{
		key: "SUPPORT", name: "Priority Support", period: "monthly", price: "45.00", resource: "Case",
		included: 10, units: 1,
	},
}

// offer is a distributor's plan for a product.
type offer struct {
	product
	id, resourceID string
	cost           money.Amount    // per unit and period
	perUnit        decimal.Decimal // of the resource
	terms          []string
}

// months returns the length of a billing period.
func (o *offer) months() int {
	return map[string]int{"monthly": 1, "quarterly": 3, "yearly": 12}[o.period]
}

// fillCatalog writes every distributor's plans with their resources and terms,
// each delegated from its parent's.
func (b *builder) fillCatalog() {
	for _, d := range channel {
		s := b.sellers[d.ID]
		s.terms = b.term(s, nil, "", parentTerms(b.sellers[d.ParentID]), "Terms of Service")
		for _, p := range products {
			if !slices.Contains(s.lacks, p.key) && (d.ParentID == "" || b.sellers[d.ParentID].offers[p.key] != nil) {
				s.offers[p.key] = b.offer(s, b.sellers[d.ParentID], p)
			}
		}
	}
	b.secondCounterpart()
	b.annex = b.term(b.sellers[nordlys], nil, "", "", "Public Sector Annex")
}

// secondCounterpart gives Thames Cloud two plans from one of the provider's, so
// that a transfer of a Web Hosting Pro there needs a choice.
func (b *builder) secondCounterpart() {
	s, root := b.sellers[thames], b.sellers[aurora].offers[hosting]
	b.Plans = append(b.Plans, plan{
		"PLAN-THAMES-HOSTING-PLUS", s.ID, root.id, "Web Hosting Pro Plus", s.Currency, root.period,
		b.priced(s, "39.00"), true,
	})
}

// offer writes a distributor's plan for a product; parent is nil for the provider.
func (b *builder) offer(s, parent *seller, p product) *offer {
	o := &offer{
		product: p, id: planID(s, p), resourceID: "RES" + strings.TrimPrefix(planID(s, p), "PLAN"),
		cost: b.priced(s, p.price),
	}
	row := plan{o.id, s.ID, "", p.name, s.Currency, p.period, o.cost, !p.fixed}
	parents := []string{"", ""}
	if parent != nil {
		row.DelegatedFrom = parent.offers[p.key].id
		parents = parent.offers[p.key].terms
	}
	b.Plans = append(b.Plans, row)
	if p.rate != "" {
		o.perUnit = decimal.RequireFromString(p.rate).Mul(s.factor).Round(4)
	}
	b.PlanResources = append(b.PlanResources, planResource{
		o.resourceID, o.id, p.resource,
		decimal.NewFromInt(p.included), o.perUnit,
	})
	o.terms = append(o.terms, b.term(s, o, "", parents[0], p.name+" Service Terms"))
	if p.rate != "" {
		o.terms = append(o.terms, b.term(s, o, o.resourceID, parents[1], p.resource+" Metering Terms"))
	}
	return o
}

// term writes a document that customers accept: general, of a plan, or of a plan's resource.
func (b *builder) term(s *seller, o *offer, resource, from, title string) string {
	row := term{b.next("TERM"), s.ID, "", resource, from, title, "3"}
	if o != nil {
		row.PlanID = o.id
	}
	b.Terms = append(b.Terms, row)
	return row.ID
}

// priced returns the provider's price as the distributor's, ending in round figures.
func (b *builder) priced(s *seller, price string) money.Amount {
	v := decimal.RequireFromString(price).Mul(s.factor)
	if s.Currency == "JPY" {
		return money.Amount{Value: v.Round(-1), Currency: s.Currency}
	}
	return money.Amount{Value: v.Round(1), Currency: s.Currency}
}

func planID(s *seller, p product) string {
	return "PLAN-" + strings.TrimPrefix(s.ID, "DIST-") + "-" + p.key
}

func parentTerms(parent *seller) string {
	if parent == nil {
		return ""
	}
	return parent.terms
}
