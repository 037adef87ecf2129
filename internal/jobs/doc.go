// Package jobs is the queue: transfer orders are put into it in the transaction that
// queues them, and worked by any number of processes on one database.
//
// The queue is River on PostgreSQL, asked in intervals: nothing depends on the state of a
// connection, so it works behind a transaction pooler. A job says which order is to be
// executed and nothing more; whether it still is, who executes it and what becomes of it
// stands on the order and its lease (internal/transfer). So a job that is lost, done twice
// or left by a dead process harms nobody: Sweep puts the order into the queue again.
package jobs
