package exchange

// ownCurrency is that of the customer whom a row names.
const ownCurrency = "(select c.currency from customers c where c.id = t.customer_id)"

// successions are the two ways in which an account ends in another one.
var successions = []string{"merged", "transferred_out"}

// accountFiles are customers and what belongs to an account without being a record.
var accountFiles = []file{
	{
		name: "customers", table: "customers", label: "customer", kind: "customer", prefix: "C",
		owner: "distributor_id", write: writeCustomers,
		columns: []column{
			ref("distributor_id", "distributors").must(), name("name").must(), name("email"), currency("currency"),
			name("country"),
			text("address"), name("tax_id"), name("crm_id"), flag("bill_to_parent", "false"),
			ref("parent_customer_id", "customers"),
			choice("status", "active", "suspended", "closed", "transferred_out", "merged").or("active"),
			date("created_on").must(),
		},
	},
	{
		name: "account_successors", table: "customers", where: "t.successor_id is not null",
		label: "account successor", kind: "customer",
		key: []string{"customer_id"}, write: writeSuccessors,
		columns: []column{
			ref("customer_id", "customers").must().storedAs("id"),
			ref("successor_customer_id", "customers").must().storedAs("successor_id"),
			choice("kind", successions...).must().storedAs("status").also(map[string]string{
				"merge":       "merged",
				"distributor": "transferred_out",
			}),
			date("on_date").must().storedAs("succeeded_on"),
		},
	},
	{
		name: "former_ids", table: "former_ids", label: "former id", kind: "former_id",
		key: []string{"customer_id", "kind", "value"},
		columns: []column{
			ref("customer_id", "customers").must(), choice("kind", "crm_id", "number", "external_id").must(),
			name("value").must(),
		},
	},
	{
		name: "contacts", table: "contacts", label: "contact", kind: "contact", prefix: "CT", owner: "customer_id",
		columns: []column{ref("customer_id", "customers").must(), name("name").must(), name("email"), name("role")},
	},
	{
		name: "payment_methods", table: "payment_methods", label: "payment method", kind: "payment_method",
		prefix: "PM", owner: "customer_id",
		columns: []column{
			ref("customer_id", "customers").must(), name("merchant_account"), name("kind"), name("label"),
			choice("status", "active", "inactive").or("active"),
		},
	},
	{
		name: "terms_acceptances", table: "terms_acceptances", label: "acceptance", kind: "terms_acceptance",
		key: []string{"customer_id", "terms_id"}, owner: "customer_id",
		columns: []column{
			ref("customer_id", "customers").must(), ref("terms_id", "terms").must(), moment("accepted_at").must(),
			name("accepted_by"),
		},
	},
	{
		name: "service_users", table: "service_users", label: "service user", kind: "service_user", prefix: "SU",
		owner:   "customer_id",
		columns: []column{ref("customer_id", "customers").must(), name("login").must(), flag("account_wide", "false")},
	},
}

// contractFiles are subscriptions and their records before they are billed.
var contractFiles = []file{
	{
		kind:  "subscription",
		owner: "customer_id", currency: ownCurrency,
		columns: []column{
			ref("customer_id", "customers").must(), ref("plan_id", "plans").must(),
			ref("parent_subscription_id", "subscriptions"),
			choice("status", "active", "suspended", "provisioning", "starting", "stopping", "removing", "changing_plan",
				"cancelled", "terminated").or("active"),
			date("start_on").must(), date("end_on").notBefore("start_on"),
			choice("billing_period", billingPeriods...).must(),
			number("quantity").or("1"), amount("price").or("0"), flag("price_frozen", "false"), name("promotion"),
		},
	},
	{
		name: "subscription_continuations", table: "subscription_continuations", label: "continuation",
		key: []string{"subscription_id"},
		columns: []column{
			ref("subscription_id", "subscriptions").must(), ref("continuation_id", "subscriptions").must(),
			date("on_date").must(),
		},
		pk: "subscription_id",
	},
	{
		name: "service_user_subscriptions", table: "service_user_subscriptions", label: "service user's subscription",
		kind: "service_user_subscription", key: []string{"service_user_id", "subscription_id"},
		columns: []column{
			ref("service_user_id", "service_users").must(),
			ref("subscription_id", "subscriptions").must(),
		},
	},
	{
		kind: "subscription_charge", label: "charge",
		owner: "subscription_id", view: "owned_subscription_charges", dated: "period_start", unbilled: notBilledHere,
		columns: []column{
			ref("subscription_id", "subscriptions").must(), name("kind"), text("description"), amount("amount").must(),
			date("period_start").must(), date("period_end").notBefore("period_start"),
		},
	},
	{
		name: "orders", table: "placed_orders", label: "order", kind: "placed_order", prefix: "O",
		owner: "customer_id", currency: ownCurrency,
		columns: []column{
			ref("customer_id", "customers").must(), ref("subscription_id", "subscriptions"), name("type"),
			choice("status", "completed", "cancelled", "failed", "pending", "provisioning", "awaiting_payment").must(),
			date("placed_on").must(), amount("total").or("0"),
		},
	},
}
