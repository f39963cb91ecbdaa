/**
 * Floats as Go writes them. Follows strconv.FormatFloat of Go 1.26: shortest digits for precision -1, exact rounding
 * half to even otherwise, exponents of at least two digits.
 */

/** Format of a float: `g` is `e` for large exponents and `f` otherwise; `x` a hexadecimal fraction; `b` m×2^e. */
export type FloatFormat = 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X' | 'b';

/** Decimal digits d1 d2 ... with the point after the first `point` of them: 0.d1d2… × 10^point. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/**
 * The text of a float.
 * @param precision digits after the point (`e`, `f`, `x`) or significant digits (`g`); -1 for as few as are exact.
 * @param bits 32 for float32, else 64.
 */
export function formatFloat(value: number, format: FloatFormat, precision: number = -1, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (format === 'g' && precision < 0 && bits === 64) {
    const size = Math.abs(value);
    // JavaScript writes these as Go does.
    if (size >= 1e-4 && size < 1e6) return String(value);
  }
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (format === 'b') return sign + binary(size, bits);
  if (format === 'x' || format === 'X') return sign + hexadecimal(size, { precision, format, bits });
  const digits = precision < 0 ? shortestDigits(size, bits) : roundedDigits(size, format, precision);
  return sign + layOut(digits, format, precision);
}

function layOut(number: Digits, format: 'e' | 'E' | 'f' | 'g' | 'G', precision: number): string {
  const count = number.digits.length;
  const isShortest = precision < 0;
  if (format === 'f') return plain(number, isShortest ? Math.max(count - number.point, 0) : precision);
  if (format === 'e' || format === 'E') {
    return scientific(number, isShortest ? Math.max(count - 1, 0) : precision, format);
  }
  let wanted = isShortest ? count : Math.max(precision, 1);
  let threshold = wanted;
  if (threshold > count && count >= number.point) threshold = count;
  if (isShortest) threshold = 6;
  const exponent = number.point - 1;
  if (exponent < -4 || exponent >= threshold) {
    if (wanted > count) wanted = count;
    return scientific(number, wanted - 1, format === 'g' ? 'e' : 'E');
  }
  if (wanted > number.point) wanted = count;
  return plain(number, Math.max(wanted - number.point, 0));
}

function plain(number: Digits, precision: number): string {
  const { digits, point } = number;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

function scientific(number: Digits, precision: number, mark: 'e' | 'E'): string {
  const { digits } = number;
  let out = digits === '' ? '0' : digits.slice(0, 1);
  if (precision > 0) out += `.${digits.slice(1, precision + 1).padEnd(precision, '0')}`;
  const exponent = digits === '' ? 0 : number.point - 1;
  return out + mark + (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(2, '0');
}

function shortestDigits(size: number, bits: 32 | 64): Digits {
  if (size === 0) return { digits: '', point: 0 };
  let text = size.toExponential();
  if (bits === 32) {
    for (let precision = 0; precision < 9; precision++) {
      text = size.toExponential(precision);
      if (Math.fround(Number(text)) === Math.fround(size)) break;
    }
  }
  const mark = text.indexOf('e');
  const digits = text.slice(0, mark).replace('.', '').replace(/0+$/, '');
  return { digits, point: Number(text.slice(mark + 1)) + 1 };
}

/** All digits of a float, which are finitely many, rounded half to even where the format ends. */
function roundedDigits(size: number, format: 'e' | 'E' | 'f' | 'g' | 'G', precision: number): Digits {
  if (size === 0) return { digits: '', point: 0 };
  const { mantissa, exponent } = parts(size, 64);
  const all = (exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)).toString();
  const point = all.length + Math.min(exponent, 0);
  const keep =
    format === 'f' ? point + precision : format === 'g' || format === 'G' ? Math.max(precision, 1) : precision + 1;
  return round({ digits: all, point }, keep);
}

function round(number: Digits, keep: number): Digits {
  const { digits, point } = number;
  if (keep >= digits.length) return trim(number);
  if (keep < 0) return { digits: '', point: 0 };
  const rest = digits.slice(keep);
  const half = `5${'0'.repeat(rest.length - 1)}`;
  const isOdd = keep > 0 && Number(digits[keep - 1]) % 2 === 1;
  const roundsUp = rest > half || (rest === half && isOdd);
  const kept = digits.slice(0, keep);
  if (!roundsUp) return trim({ digits: kept, point });
  if (keep === 0) return { digits: '1', point: point + 1 };
  const up = (BigInt(kept) + 1n).toString();
  return trim({ digits: up, point: point + up.length - kept.length });
}

function trim(number: Digits): Digits {
  const digits = number.digits.replace(/0+$/, '');
  return digits === '' ? { digits, point: 0 } : { digits, point: number.point };
}

/** size = mantissa × 2^exponent, with the mantissa's full width (24 or 53 bits) for normal numbers. */
function parts(size: number, bits: 32 | 64): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 32) {
    view.setFloat32(0, size);
    const raw = view.getUint32(0);
    const biased = (raw >>> 23) & 0xff;
    const fraction = BigInt(raw & 0x7fffff);
    return biased === 0
      ? { mantissa: fraction, exponent: -149 }
      : { mantissa: fraction | 0x800000n, exponent: biased - 150 };
  }
  view.setFloat64(0, size);
  const raw = view.getBigUint64(0);
  const biased = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

function binary(size: number, bits: 32 | 64): string {
  const { mantissa, exponent } = parts(size, bits);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

function hexadecimal(
  size: number,
  options: { readonly precision: number; readonly format: 'x' | 'X'; readonly bits: 32 | 64 },
): string {
  const { precision, format, bits } = options;
  let { mantissa, exponent } = parts(size, bits);
  if (mantissa === 0n) exponent = 0;
  else {
    // The leading 1 goes to bit 60, so that fifteen hexadecimal digits follow it.
    const width = mantissa.toString(2).length;
    exponent += width - 1;
    mantissa <<= BigInt(61 - width);
  }
  if (precision >= 0 && precision < 15) {
    const dropped = BigInt(60 - precision * 4);
    const extra = mantissa & ((1n << dropped) - 1n);
    let kept = mantissa >> dropped;
    const half = dropped === 0n ? 0n : 1n << (dropped - 1n);
    if (extra > half || (extra === half && half > 0n && (kept & 1n) === 1n)) kept++;
    mantissa = kept << dropped;
    if (mantissa >> 61n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  let fraction = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0');
  fraction = precision < 0 ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  const lead = mantissa >> 60n === 0n ? '0' : '1';
  const sign = exponent < 0 ? '-' : '+';
  const out = `0x${lead}${fraction === '' ? '' : '.'}${fraction}p${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return format === 'X' ? out.toUpperCase() : out;
}
