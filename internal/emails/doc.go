// Package emails is what Handover writes to customers and staff about transfers: the
// kinds of mails, their words in each brand, and who wants which. A mail is written into
// the outbox in the transaction of the change; internal/notify sends it.
package emails
