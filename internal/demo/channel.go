package demo

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Keys of the distributors, which are also their outside ids.
const (
	aurora  = "DIST-AURORA"
	nordlys = "DIST-NORDLYS"
	vest    = "DIST-NORDLYS-VEST"
	thames  = "DIST-THAMES"
	sakura  = "DIST-SAKURA"
	morava  = "DIST-MORAVA"
)

// brands are the looks; Nordlys Partner and Nordlys Vest share one.
var brands = []brand{
	{"BRAND-AURORA", "Aurora Cloud", "#1f5eff"},
	{"BRAND-NORDLYS", "Nordlys", "#0f766e"},
	{"BRAND-THAMES", "Thames Cloud", "#7c2d7a"},
	{"BRAND-SAKURA", "Sakura Denki Cloud", "#b4235a"},
	{"BRAND-MORAVA", "Morava IT", "#9a4a00"},
}

// place is where customers of a distributor live: the country, what a company is
// called there, and towns.
type place struct {
	country string
	forms   []string
	towns   []string
}

// channel is the sales channel, parents first. Nordlys Vest is the same legal
// entity as its parent and shares its merchant account; all others differ.
// Morava IT and Nordlys Vest lack plans on purpose: a transfer there needs a
// choice of plan.
var channel = []struct {
	distributor
	factor string   // its prices against the provider's, in its currency
	lacks  []string // products that its parent did not delegate to it
	share  int      // of the customers, in percent
	places []place
}{
	{
		distributor: distributor{
			aurora, "", "Aurora Cloud", "EUR", "NL", "Aurora Cloud B.V.", "BRAND-AURORA",
			"MA-AURORA", "active",
		},
		factor: "1", share: 30,
		places: []place{
			{"NL", []string{"B.V."}, []string{"Utrecht", "Groningen", "Breda"}},
			{"DE", []string{"GmbH", "AG"}, []string{"Bremen", "Leipzig", "Kassel"}},
			{"FR", []string{"SARL", "SAS"}, []string{"Nantes", "Dijon", "Rennes"}},
			{"IT", []string{"SpA", "Srl"}, []string{"Parma", "Trieste", "Verona"}},
		},
	},
	{
		distributor: distributor{
			nordlys, aurora, "Nordlys Partner", "EUR", "NO", "Nordlys Partner AS",
			"BRAND-NORDLYS", "MA-NORDLYS", "active",
		},
		factor: "1.1", share: 22,
		places: []place{
			{"NO", []string{"AS"}, []string{"Trondheim", "Bodø", "Drammen"}},
			{"FI", []string{"Oy"}, []string{"Turku", "Oulu", "Tampere"}},
			{"SE", []string{"AB"}, []string{"Uppsala", "Luleå", "Malmö"}},
		},
	},
	{
		distributor: distributor{
			vest, nordlys, "Nordlys Vest", "EUR", "NO", "Nordlys Partner AS", "BRAND-NORDLYS",
			"MA-NORDLYS", "active",
		},
		factor: "1.1", share: 12, lacks: []string{private},
		places: []place{{"NO", []string{"AS"}, []string{"Bergen", "Stavanger", "Haugesund"}}},
	},
	{
		distributor: distributor{
			thames, aurora, "Thames Cloud", "GBP", "GB", "Thames Cloud Ltd", "BRAND-THAMES",
			"MA-THAMES", "active",
		},
		factor: "0.92", share: 16, lacks: []string{private},
		places: []place{
			{"GB", []string{"Ltd", "plc"}, []string{"Reading", "Oxford", "Norwich", "Leeds"}},
			{"IE", []string{"Ltd"}, []string{"Cork", "Galway"}},
		},
	},
	{
		distributor: distributor{
			sakura, thames, "Sakura Denki Cloud", "JPY", "JP", "Sakura Denki Cloud KK",
			"BRAND-SAKURA", "MA-SAKURA", "active",
		},
		factor: "168", share: 8,
		places: []place{{"JP", []string{"KK", "GK"}, []string{"Nagoya", "Sendai", "Kobe", "Kanazawa"}}},
	},
	{
		distributor: distributor{
			morava, aurora, "Morava IT", "EUR", "CZ", "Morava IT s.r.o.", "BRAND-MORAVA",
			"MA-MORAVA", "active",
		},
		factor: "0.95", share: 12, lacks: []string{private, server},
		places: []place{
			{"CZ", []string{"s.r.o.", "a.s."}, []string{"Ostrava", "Olomouc", "Brno"}},
			{"AT", []string{"GmbH"}, []string{"Linz", "Graz"}},
		},
	},
}

// seller is a distributor while its customers are written.
type seller struct {
	distributor
	factor decimal.Decimal
	lacks  []string
	places []place
	offers map[string]*offer // by product
	terms  string            // its general terms
}

// openChannel writes the brands and distributors.
func (b *builder) openChannel() {
	b.Brands = slices.Clone(brands)
	b.sellers = map[string]*seller{}
	for _, d := range channel {
		b.Distributors = append(b.Distributors, d.distributor)
		b.sellers[d.ID] = &seller{
			distributor: d.distributor, factor: decimal.RequireFromString(d.factor),
			lacks: d.lacks, places: d.places, offers: map[string]*offer{},
		}
	}
}
