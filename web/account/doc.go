// Package account is everybody's own account: password, sessions, tokens, second factor.
package account
