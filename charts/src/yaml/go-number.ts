/** Numbers as Go's strconv prints and reads them. */

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;

/** strconv.FormatFloat(value, 'g', -1, bits), with YAML's names for what is not finite. */
export function formatFloat(value: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return '.nan';
  if (value === Infinity) return '.inf';
  if (value === -Infinity) return '-.inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, power] = shortest(Math.abs(value), bits).split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  const sign = value < 0 ? '-' : '';
  return sign + (exponent < -4 || exponent >= 6 ? scientific(digits, exponent) : fixed(digits, exponent));
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const power = Math.abs(exponent);
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
}

function fixed(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits + '0'.repeat(exponent + 1 - digits.length);
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** The fewest digits that read back as the same value, in exponential form. */
function shortest(value: number, bits: 32 | 64): string {
  if (bits === 64) return value.toExponential();
  const single = Math.fround(value);
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text.replace(/\.?0+e/, 'e');
  }
  return single.toExponential();
}

/**
 * strconv.ParseInt(text, 0, 64), or else ParseUint: signs, 0x, 0o, 0b and a leading 0 for octal. Undefined when the
 * text is no integer of 64 bits.
 */
export function parseInteger(text: string): bigint | undefined {
  let start = 0;
  const signed = text.startsWith('-') || text.startsWith('+');
  if (signed) start = 1;
  const magnitude = parseMagnitude(text.slice(start));
  if (magnitude === undefined) return undefined;
  return inRange(text.startsWith('-') ? -magnitude : magnitude, signed);
}

/** strconv.ParseInt(text, 2, 64), or else ParseUint. */
export function parseBinary(text: string): bigint | undefined {
  const match = /^([+-]?)([01]+)$/.exec(text);
  if (match === null) return undefined;
  const magnitude = BigInt(`0b${match[2]}`);
  return inRange(match[1] === '-' ? -magnitude : magnitude, match[1] !== '');
}

/** ParseUint takes no sign, so a signed number must fit an int64. */
function inRange(value: bigint, signed: boolean): bigint | undefined {
  if (value < INT64_MIN || value > (signed ? INT64_MAX : UINT64_MAX)) return undefined;
  return value;
}

/** True for what Go holds as uint64: beyond int64. */
export function isUnsigned(value: bigint): boolean {
  return value > INT64_MAX;
}

function parseMagnitude(text: string): bigint | undefined {
  if (text === '0') return 0n;
  if (text.charCodeAt(0) !== 48) return /^[0-9]+$/.test(text) ? BigInt(text) : undefined;
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(`0x${text.slice(2)}`);
  if (/^0[oO][0-7]+$/.test(text)) return BigInt(`0o${text.slice(2)}`);
  if (/^0[bB][01]+$/.test(text)) return BigInt(`0b${text.slice(2)}`);
  return /^0[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : undefined;
}

/** The float64 that a float32 becomes when it is printed by Go and read again. */
export function shortestFloat32(value: number): number {
  return Number.isFinite(value) && value !== 0 ? Number(shortest(Math.abs(value), 32)) * Math.sign(value) : value;
}
