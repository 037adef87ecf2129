// Package plans is Catalog > Service Plans.
package plans
