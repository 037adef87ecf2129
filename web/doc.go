// Package web is the control panel: it turns requests into calls of the domain
// and their results into pages. It is the only package that knows HTTP.
//
// To add a page: a handler method on the small struct of its area, a row in
// routes.go with its privilege, a view in views/, and, if it belongs into the
// navigation, a row in nav.go.
package web
