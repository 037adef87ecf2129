// Package api is the JSON API under /api/v1: what the panel does, for programs. Its handlers
// call the same domain functions as the pages and know no rule of their own. What it speaks
// is in the OpenAPI document that it serves, made from the types of this package.
package api
