// Package ui holds the few components that pages are put together from. They
// take display values only (strings that web/page/format.go has formatted) and know
// nothing of sessions, HTTP or the domain.
//
// What a component needs to know about the page around it (the panel's address,
// the addresses of assets) travels in the context: see Frame.
package ui
