// Package identity knows who may sign in and what they may do: staff members, their roles
// and privileges, passwords, second factors, single sign-on and sessions.
//
// A session's cookie holds a random id. Its row is keyed by the SHA-256 of this id, so a
// copy of the database does not let an attacker sign in. A session ends when it was idle
// too long, when it is too old, at sign-out, and when its staff member is disabled or gets
// another password.
//
// A StaffService manages people: it invites by mailed links, changes roles, disables, and lets
// passwords be chosen anew. Of a link only the SHA-256 is kept, and the mail's row holds
// it apart from the text: see links.go.
//
// Failed sign-ins are counted per account, browser and address. The throttle slows down an
// attacker who tries many passwords, from one address or from many. It does not lock out
// the owner in a browser or at an address that signed in before: see throttle.go.
//
// If a person has a second factor, the password gives only a pending sign-in: a row with a
// cookie of its own that can only take a code. A code works once, and wrong codes count
// like wrong passwords. The secret is sealed with a key derived from the session key;
// recovery codes are 80 random bits and kept as SHA-256.
//
// Single sign-on trusts an OpenID Connect provider: authorization code with PKCE, state
// bound to the browser, nonce. Each sign-in at the provider is a row that the first return
// removes.
package identity
