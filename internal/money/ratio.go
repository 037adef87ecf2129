package money

import "github.com/shopspring/decimal"

// Ratio returns n / d rounded half-even to the given decimals. It rounds the
// exact quotient: one that was cut off first would hide which side of the half
// it was on. d must not be zero.
func Ratio(n, d decimal.Decimal, decimals int32) decimal.Decimal {
	q, rest := n.QuoRem(d, decimals)
	half := rest.Abs().Mul(decimal.NewFromInt(2)).Cmp(d.Abs().Shift(-decimals))
	odd := q.Shift(decimals).BigInt().Bit(0) == 1
	if half < 0 || half == 0 && !odd {
		return q
	}
	step := decimal.New(1, -decimals)
	if n.Sign()*d.Sign() < 0 {
		step = step.Neg()
	}
	return q.Add(step)
}
