// Package notify sends the mails of the outbox and shows them.
//
// Whoever causes a mail writes its row in the transaction of the change, with a
// Message-ID that never changes. A Sender, in any number of processes, takes one
// due mail at a time: it commits the state sending, hands the mail to the server,
// and commits what came of it. A server that refuses or does not answer at all gets
// the mail again later. What is never sent again by itself is a mail whose fate is
// unknown: the server had all of it, and its answer, or the process that waited for
// the answer, was lost. It becomes unconfirmed, and a person decides.
package notify
