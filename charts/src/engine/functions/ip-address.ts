/** IP addresses read as Go's net/netip reads them, with its error texts. Follows netip.ParseAddr of Go 1.26. */
import { quote } from '../gotemplate/quote.ts';

/** Four or sixteen bytes; `zone` is what follows a percent sign. */
export interface IpAddress {
  readonly bytes: readonly number[];
  readonly zone: string;
}

/** Reads an address, or gives the text of Go's error. */
export function parseIpAddress(value: string): IpAddress | { readonly error: string } {
  const first = /[.:%]/.exec(value)?.[0];
  try {
    if (first === '.') return { bytes: parseFields(value, value), zone: '' };
    if (first === ':') return parseVersion6(value);
    throw new AddressFault(first === '%' ? 'missing IPv6 address' : 'unable to parse IP', '');
  } catch (error) {
    if (!(error instanceof AddressFault)) throw error;
    const at = error.at === '' ? '' : ` (at ${quote(error.at)})`;
    return { error: `ParseAddr(${quote(value)}): ${error.message}${at}` };
  }
}

class AddressFault extends Error {
  readonly at: string;
  constructor(message: string, at: string) {
    super(message);
    this.at = at;
  }
}

/** The four fields of `1.2.3.4`. */
function parseFields(part: string, whole: string): number[] {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < part.length; i++) {
    const char = part.charAt(i);
    if (char >= '0' && char <= '9') {
      if (digits === 1 && value === 0) throw new AddressFault('IPv4 field has octet with leading zero', '');
      value = value * 10 + Number(char);
      digits++;
      if (value > 255) throw new AddressFault('IPv4 field has value >255', '');
    } else if (char === '.') {
      if (i === 0 || i === part.length - 1 || part[i - 1] === '.') {
        throw new AddressFault('IPv4 field must have at least one digit', part.slice(i));
      }
      if (fields.length === 3) throw new AddressFault('IPv4 address too long', '');
      fields.push(value);
      value = 0;
      digits = 0;
    } else throw new AddressFault('unexpected character', whole.slice(whole.length - part.length + i));
  }
  if (fields.length < 3) throw new AddressFault('IPv4 address too short', '');
  return [...fields, value];
}

function parseVersion6(value: string): IpAddress {
  const percent = value.indexOf('%');
  const zone = percent < 0 ? '' : value.slice(percent + 1);
  if (percent >= 0 && zone === '') throw new AddressFault('zone must be a non-empty string', '');
  let rest = percent < 0 ? value : value.slice(0, percent);
  const bytes: number[] = [];
  let ellipsis = -1;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
    if (rest === '') return { bytes: new Array(16).fill(0), zone };
  }
  while (bytes.length < 16) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) throw new AddressFault('each group must have 4 or less digits', rest);
    if (digits === '') throw new AddressFault('each colon-separated field must have at least one digit', rest);
    if (rest[digits.length] === '.') {
      if (ellipsis < 0 && bytes.length !== 12) {
        throw new AddressFault('embedded IPv4 address must replace the final 2 fields of the address', rest);
      }
      if (bytes.length + 4 > 16) {
        throw new AddressFault('too many hex fields to fit an embedded IPv4 at the end of the address', rest);
      }
      bytes.push(...parseFields(rest, rest));
      rest = '';
      break;
    }
    const field = Number.parseInt(digits, 16);
    bytes.push(field >> 8, field & 0xff);
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (rest[0] !== ':') throw new AddressFault('unexpected character, want colon', rest);
    if (rest.length === 1) throw new AddressFault('colon must be followed by more characters', rest);
    rest = rest.slice(1);
    if (rest[0] === ':') {
      if (ellipsis >= 0) throw new AddressFault('multiple :: in address', rest);
      ellipsis = bytes.length;
      rest = rest.slice(1);
      if (rest === '') break;
    }
  }
  if (rest !== '') throw new AddressFault('trailing garbage after address', rest);
  if (bytes.length < 16) {
    if (ellipsis < 0) throw new AddressFault('address string too short', '');
    bytes.splice(ellipsis, 0, ...new Array<number>(16 - bytes.length).fill(0));
  } else if (ellipsis >= 0) throw new AddressFault('the :: must expand to at least one field of zeros', '');
  return { bytes, zone };
}
