// Package page has the layout of every page and what the pages of several sections draw.
//
// The folders beside it have the names of web's sections. A view struct holds values as
// they are shown; web formats them.
package page
