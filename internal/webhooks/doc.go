// Package webhooks sends programs messages about orders. The messages are written in the
// transaction of the change (announce_webhooks, called by internal/order) and sent
// after it, signed as Standard Webhooks says (https://www.standardwebhooks.com). A message
// is sent at least once: its id is the same in each attempt, so that a receiver can
// recognise it.
package webhooks
