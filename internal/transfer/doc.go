// Package transfer is the vocabulary of transfers, data only: what is asked for (Request), what is
// found (Finding), what would happen (Preview) and what happened (Result), as the panel, the API
// and the database have them. Compare says what two previews say differently.
package transfer
