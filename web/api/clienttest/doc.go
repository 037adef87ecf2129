// Package clienttest drives the API with a client that a generator made from its document:
// what the document says is enough for a program. make client makes it anew.
package clienttest
