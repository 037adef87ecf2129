// Package signin is how people come in: sign-in, single sign-on, the links in mails.
package signin
