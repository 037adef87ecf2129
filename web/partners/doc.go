// Package partners is Partners > Distributors, with their control settings.
package partners
