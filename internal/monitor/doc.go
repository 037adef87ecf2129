// Package monitor answers machines: whether a process is alive and ready, and its figures for
// Prometheus. It has an address of its own, so that the panel's address tells strangers nothing
// (docs/operations.md).
package monitor
