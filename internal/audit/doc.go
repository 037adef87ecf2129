// Package audit keeps who did what, when, and what it was before. Entries are
// only ever appended.
package audit
