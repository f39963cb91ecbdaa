/** Numbers as go-yaml prints and reads them. */
import { formatFloat } from '../engine/gotemplate/format-float.ts';

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;

/** A float as go-yaml prints it: strconv.FormatFloat(value, 'g', -1, bits), and YAML's names for what is not finite. */
export function formatYamlFloat(value: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return '.nan';
  if (value === Infinity) return '.inf';
  if (value === -Infinity) return '-.inf';
  return formatFloat(value, 'g', -1, bits);
}

/** The float64 that a float32 becomes when it is printed by Go and read again. */
export function readBackFloat32(value: number): number {
  return Number.isFinite(value) ? Number(formatFloat(value, 'g', -1, 32)) : value;
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
