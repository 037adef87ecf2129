//go:build nightly

package testdb

const night = true
