// Package subscriptions is Contracts & Orders > Subscription Contracts.
package subscriptions
