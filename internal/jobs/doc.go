// Package jobs is the queue: transfer orders are put into it in the transaction that
// queues them, and worked by any number of processes on one database.
//
// The queue is River on PostgreSQL. It polls: nothing depends on the state of a
// connection, so it works behind a transaction pooler. A job only names the order to
// execute. The order and its lease (internal/order) hold the rest: whether it still is
// to be executed, who executes it, and its result. So a job that is lost, done twice or
// left by a dead process does no harm: Sweep puts the order into the queue again.
package jobs
