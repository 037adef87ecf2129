package exchange

// catalogFiles are the sales channel and what it sells.
var catalogFiles = []file{
	{
		name: "brands", table: "brands", label: "brand", prefix: "B",
		columns: []column{name("name").must(), {name: "primary_color", typ: colorType}},
	},
	{
		name: "distributors", table: "distributors", label: "distributor", prefix: "D",
		columns: []column{
			ref("parent_id", "distributors"), name("name").must(), currency("currency"), name("country"),
			name("legal_entity"), ref("brand_id", "brands"), name("merchant_account"),
			choice("status", "active", "inactive").or("active"),
		},
	},
	{
		name: "plans", table: "plans", label: "plan", kind: "plan", prefix: "P", currency: "t.currency",
		columns: []column{
			ref("distributor_id", "distributors").must(), ref("delegated_from", "plans"), name("name").must(),
			currency("currency"), choice("billing_period", billingPeriods...).must(),
			amount("price").must().of("currency"),
			flag("transferable", "true"),
		},
	},
	{
		name: "plan_resources", table: "plan_resources", label: "plan resource", kind: "plan_resource", prefix: "R",
		currency: "(select p.currency from plans p where p.id = t.plan_id)",
		columns: []column{
			ref("plan_id", "plans").must(), name("name").must(), number("included").or("0"),
			unitPrice("unit_price").or("0"),
		},
	},
	{
		name: "terms", table: "terms", label: "terms document", prefix: "T",
		columns: []column{
			ref("distributor_id", "distributors").must(), ref("plan_id", "plans"), ref("resource_id", "plan_resources"),
			ref("derived_from", "terms"), name("title").must(), name("version"),
		},
	},
	{
		name: "financial_periods", table: "financial_periods", label: "financial period",
		key: []string{"distributor_id", "start_on"},
		columns: []column{
			ref("distributor_id", "distributors").must(), date("start_on").must(),
			date("end_on").must().notBefore("start_on"),
			choice("status", "open", "closed").or("open"),
		},
	},
	{
		name: "exchange_rates", table: "exchange_rates", label: "exchange rate",
		key:     []string{"on_date", "from_currency", "to_currency", "source"},
		where:   "t.withdrawn_at is null",
		unalike: []string{"from_currency", "to_currency"},
		write:   writeRates,
		columns: []column{
			date("on_date").must(), currency("from_currency"), currency("to_currency"),
			number("rate").must().positive(), name("source"),
		},
	},
}

var billingPeriods = []string{"monthly", "quarterly", "yearly"}

// unitPrice is an amount that may be finer than the currency's minor unit.
func unitPrice(name string) column { return column{name: name, typ: unitPriceType} }
