// Package customers is Billing > Operations > Customers, with the documents of customers.
package customers
