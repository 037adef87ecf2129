//go:build !nightly

package testdb

const night = false
