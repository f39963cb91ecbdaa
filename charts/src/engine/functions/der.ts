/** DER, the one encoding of ASN.1 that certificates and keys are written in: makers of the elements used, and a reader. */

/** An element. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly raw: Uint8Array;
}

const SEQUENCE = 0x30;

/** An element of a tag around content. */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), body]);
  const size = bytesOf(BigInt(length));
  return Buffer.concat([Uint8Array.of(tag, 0x80 | size.length), size, body]);
}

/** SEQUENCE. */
export function derSequence(...items: readonly Uint8Array[]): Uint8Array {
  return derElement(SEQUENCE, ...items);
}

/** SET. */
export function derSet(...items: readonly Uint8Array[]): Uint8Array {
  return derElement(0x31, ...items);
}

/** INTEGER, not negative. */
export function derInteger(value: bigint): Uint8Array {
  const bytes = bytesOf(value);
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0;
  return derElement(0x02, ...(isHigh ? [Uint8Array.of(0), bytes] : [bytes]));
}

/** OBJECT IDENTIFIER, e.g. `2.5.4.3`. */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return derElement(0x06, Uint8Array.from(bytes));
}

/** BIT STRING; `unused` low bits of the last byte do not count. */
export function derBits(bytes: Uint8Array, unused = 0): Uint8Array {
  return derElement(0x03, Uint8Array.of(unused), bytes);
}

/** OCTET STRING. */
export function derOctets(bytes: Uint8Array): Uint8Array {
  return derElement(0x04, bytes);
}

/** BOOLEAN true. */
export function derTrue(): Uint8Array {
  return derElement(0x01, Uint8Array.of(0xff));
}

/** NULL. */
export function derNull(): Uint8Array {
  return derElement(0x05);
}

/** The elements one after the other in some bytes; undefined if they are not DER. */
export function readDer(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || sizeBytes > 4) return undefined;
    let length = first < 0x80 ? first : 0;
    for (let i = 0; i < sizeBytes; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    const start = at + 2 + sizeBytes;
    if (start + length > bytes.length) return undefined;
    elements.push({ tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return elements;
}

/** The items of the one SEQUENCE that some bytes are; undefined if they are not that. */
export function readDerSequence(bytes: Uint8Array): DerElement[] | undefined {
  const [only, ...more] = readDer(bytes) ?? [];
  return only?.tag === SEQUENCE && more.length === 0 ? readDer(only.content) : undefined;
}

/** The fewest bytes of a number that is not negative, at least one. */
export function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return new Uint8Array(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'));
}
