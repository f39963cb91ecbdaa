/**
 * x to a whole power, bit for bit as Go's math.Pow: by squaring the fraction and adding the exponents of two, which
 * rounds in other places than JavaScript's `**`. Follows math.Pow of Go 1.26 on amd64.
 */

/** math.Pow(x, y) for a finite positive x and a whole y. */
export function powerOf(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  let fraction = 1;
  let exponent = 0;
  let [base, baseExponent] = split(x);
  for (let left = Math.abs(y); left >= 1; left = Math.floor(left / 2)) {
    if (baseExponent < -4096 || baseExponent > 4096) {
      // The result overflows or vanishes whatever the rest.
      exponent += baseExponent;
      break;
    }
    if (left % 2 === 1) {
      fraction *= base;
      exponent += baseExponent;
    }
    base *= base;
    baseExponent *= 2;
    if (base < 0.5) {
      base += base;
      baseExponent--;
    }
  }
  return y < 0 ? scale(1 / fraction, -exponent) : scale(fraction, exponent);
}

/** math.Frexp: x = fraction × 2^exponent with the fraction in [1/2, 1). */
function split(x: number): [number, number] {
  let exponent = Math.floor(Math.log2(x)) + 1;
  let fraction = x / 2 ** exponent;
  if (fraction >= 1) {
    fraction /= 2;
    exponent++;
  } else if (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  return [fraction, exponent];
}

/** math.Ldexp: one rounding, also where the result is subnormal. */
function scale(fraction: number, exponent: number): number {
  if (exponent > 1030) return Number.POSITIVE_INFINITY;
  if (exponent < -1140) return 0;
  if (exponent > 1000) return fraction * 2 ** 1000 * 2 ** (exponent - 1000);
  // A power down to 2^-1074 is exact; the product then rounds once.
  if (exponent < -1000) return fraction * 2 ** -100 * 2 ** (exponent + 100);
  return fraction * 2 ** exponent;
}
