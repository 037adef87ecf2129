// Package pgembed runs a private PostgreSQL for programs that were given no
// database: a cluster in a folder, reached over a unix socket that only its
// owner can open, with durability as PostgreSQL ships it.
//
// Any number of processes share one cluster. Three files in its folder, locked
// with flock, decide who does what; the kernel releases such locks however a
// process dies, so nothing has to be cleaned up after a kill -9:
//
//   - start.lock, exclusive: held by the one process that is starting or
//     stopping the server at the moment.
//   - users.lock, shared: held by every process that uses the server. Whoever
//     can take it exclusively was the last one out and stops the server.
//   - server.lock, exclusive: inherited by the server's own processes. As long
//     as it cannot be taken, some of them are alive; when it can, none is, and a
//     postmaster.pid that is still there means nothing.
//
// The server runs in a session of its own, so that a Ctrl-C in the terminal of
// the process that started it does not reach it. Beside it waits a watchdog for
// users.lock to become free: it stops the server when its last user was killed.
// Every user looks after the server, too: one that was killed is started again
// and recovers from its log.
//
// PostgreSQL refuses to run as root. Started by root, it runs as the owner of
// the folder, or as the user postgres or nobody; these need to reach the
// binaries and the folder.
package pgembed
