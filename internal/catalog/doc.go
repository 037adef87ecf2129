// Package catalog knows what is sold: service plans, how they are delegated from
// distributor to distributor, and their terms documents.
//
// A reseller's plan is delegated from a plan of the distributor above it, and so on
// up to a plan that is delegated from none: the root plan. Two plans with the same
// root plan are counterparts: the same thing on sale at two distributors. Delegating
// makes the plans that are missing on the way down; see Delegate.
package catalog
