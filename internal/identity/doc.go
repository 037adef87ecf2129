// Package identity knows who may sign in and what they may do: staff members,
// their roles and privileges, passwords, second factors, single sign-on and sessions.
//
// A session's cookie holds a random id; its row is keyed by the SHA-256 of it,
// so that a copy of the database signs nobody in. A session ends when it was
// idle too long, when it is too old, at sign-out, and when its staff member is
// disabled or gets another password.
//
// An Office manages people: it invites by mailed links, changes roles, disables, and
// lets passwords be chosen anew. Of a link only the SHA-256 is kept, and the mail's
// row holds it apart from the text: see links.go.
//
// Failed sign-ins are counted per account, browser and address. An attacker who tries
// many passwords, from one address or from many, is slowed down; the true owner, in a
// browser or at an address that signed in before, is not locked out by it: see
// throttle.go.
//
// Where a person has a second factor, the password gives a pending sign-in only: a
// row with a cookie of its own that can do nothing but take a code. Codes are spent,
// wrong ones count like wrong passwords. Its secret is sealed with a key derived
// from the session key; recovery codes are 80 random bits and kept as SHA-256.
//
// Single sign-on takes an OpenID Connect provider's word: authorization code with
// PKCE, state bound to the browser, nonce. Each way to the provider is a row that is
// removed by the first return.
package identity
