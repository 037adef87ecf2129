// Package orders is Billing > Operations > Orders.
package orders
