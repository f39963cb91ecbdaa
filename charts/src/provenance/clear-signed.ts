/**
 * Clear-signed messages (RFC 9580, section 7) as golang.org/x/crypto's successor reads them, which Helm verifies with:
 * only `Hash` headers are allowed, and what stands before and behind the message is not part of it.
 */

export interface ClearSigned {
  /** What the signature is of: lines without blanks at their end, joined by CR LF. */
  readonly signed: Uint8Array;
  /** The same with LF. */
  readonly plaintext: Uint8Array;
  readonly armoredSignature: string;
}

const START = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END = '-----END PGP SIGNATURE-----';
const HASHES: ReadonlySet<string> = new Set([
  ...['MD5', 'SHA1', 'RIPEMD160', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3-256', 'SHA3-512'],
]);

/** Undefined where there is no such message. */
export function decodeClearSigned(data: Uint8Array): ClearSigned | undefined {
  // One character a byte, whatever the text's encoding is.
  const text = Buffer.from(data).toString('latin1');
  const start = text.startsWith(START) ? 0 : text.indexOf(`\n${START}`) + 1;
  if (start === 0 && !text.startsWith(START)) return undefined;
  const lines = text.slice(start).split('\n');
  if (stripReturn(lines[0] ?? '') !== START) return undefined;
  const blank = lines.findIndex((line, index) => index > 0 && line.trim() === '');
  if (blank < 0 || !lines.slice(1, blank).every(isHashHeader)) return undefined;
  const end = lines.findIndex((line, index) => index > blank && stripReturn(line) === SIGNATURE);
  if (end < 0) return undefined;
  const body = lines.slice(blank + 1, end).map(cleanLine);
  const armored = lines.slice(end).join('\n');
  const length = armored.indexOf(`\n${END}`);
  if (length < 0) return undefined;
  return {
    signed: Buffer.from(body.join('\r\n'), 'latin1'),
    plaintext: Buffer.from(body.join('\n'), 'latin1'),
    armoredSignature: `${armored.slice(0, length)}\n${END}\n`,
  };
}

function isHashHeader(line: string): boolean {
  const [name = '', ...rest] = stripReturn(line).split(':');
  if (name.trim() !== 'Hash' || rest.length === 0) return false;
  return rest
    .join(':')
    .split(',')
    .every((hash) => HASHES.has(hash.trim().toUpperCase()));
}

function cleanLine(line: string): string {
  const plain = stripReturn(line);
  return (plain.startsWith('- ') ? plain.slice(2) : plain).replace(/[ \t]+$/, '');
}

function stripReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
