// Package notify sends the mails of the outbox and shows them.
//
// Each cause of a mail writes its row in the transaction of the change, with a Message-ID
// that never changes. A Sender, in any number of processes, takes one due mail at a time:
// it commits the state sending, hands the mail to the server, and commits the result. A
// server that refuses or does not answer at all gets the mail again later. Mails with
// unknown delivery are not resent automatically: the server had all of the mail, but its
// answer, or the process that waited for the answer, was lost. Such a mail becomes
// unconfirmed, and a person decides.
package notify
