// Exact decimals on BigInt: the tests compute what the program has to arrive at.

// parse returns the digits and the number of decimals.
function parse(text) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`${text} is no decimal.`);
  const [, sign, whole, part = ''] = match;
  return { digits: BigInt(sign + whole + part), decimals: part.length };
}

// timesHalfEven returns amount x rate with the given decimals, halves to even.
export function timesHalfEven(amount, rate, decimals = 2) {
  const a = parse(amount);
  const b = parse(rate);
  const product = a.digits * b.digits;
  const excess = a.decimals + b.decimals - decimals;
  if (excess <= 0) return format(product * 10n ** BigInt(-excess), decimals);
  const unit = 10n ** BigInt(excess);
  const size = product < 0n ? -product : product;
  let whole = size / unit;
  const rest = (size % unit) * 2n;
  if (rest > unit || (rest === unit && whole % 2n === 1n)) whole += 1n;
  return format(product < 0n ? -whole : whole, decimals);
}

// cents is an amount as a number of hundredths, fromCents the other way round.
export const cents = (amount) => BigInt(timesHalfEven(amount, '1').replace('.', ''));
export const fromCents = (n) => format(n, 2);

function format(digits, decimals) {
  const size = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0');
  const at = size.length - decimals;
  return (digits < 0n ? '-' : '') + size.slice(0, at) + (decimals > 0 ? `.${size.slice(at)}` : '');
}
