// Package page is what every page of the panels uses: Page is one request with its reader, Frame
// what the pages share, Route an address with what one must be allowed to do to open it.
package page
