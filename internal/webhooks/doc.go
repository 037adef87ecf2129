// Package webhooks tells programs what happens to orders. The messages are written in the
// transaction of what they tell (announce_webhooks, called by internal/transfer) and sent
// after it, signed as Standard Webhooks says (https://www.standardwebhooks.com). A message is
// sent at least once: its id is the same in each attempt, so that a receiver can know it again.
package webhooks
