/**
 * Protocol buffers' wire format: reading the fields of a message, and writing them.
 */

/** What is not a message; the words are those of Go's decoders. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export interface WireField {
  readonly number: number;
  readonly wire: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The fields of a message in their order. Throws WireError. */
export function* fieldsOf(bytes: Uint8Array): Iterable<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let low = 0;
    // Most are short: these need no big numbers.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) throw new WireError('unexpected EOF');
      at += 1;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let out = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new WireError('unexpected EOF');
      at += 1;
      out |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return out;
    }
    throw new WireError('proto: integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new WireError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const number = Math.floor(tag / 8);
    if (number <= 0 || number > 0x1fffffff) throw new WireError(`proto: illegal tag ${number} (wire type ${tag})`);
    if (wire === 0) yield { number, wire, varint: varint(), bytes: NO_BYTES };
    else if (wire === 2) yield { number, wire, varint: 0n, bytes: take(Number(varint())) };
    else if (wire === 1) yield { number, wire, varint: 0n, bytes: take(8) };
    else if (wire === 5) yield { number, wire, varint: 0n, bytes: take(4) };
    else throw new WireError(`proto: illegal wireType ${wire}`);
  }
}

const text = new TextEncoder();

/** A message that is being written. */
export class MessageBytes {
  #bytes = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  result(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  varint(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  /** A field that holds a whole number or a truth. */
  number(number: number, value: bigint): void {
    this.small(number << 3);
    this.varint(value);
  }

  /** Bytes as they are. */
  raw(content: Uint8Array): void {
    this.#reserve(content.length);
    this.#bytes.set(content, this.#length);
    this.#length += content.length;
  }

  /** A length or a tag. */
  small(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  field(number: number, content: Uint8Array): void {
    this.small((number << 3) | 2);
    this.small(content.length);
    this.raw(content);
  }

  string(number: number, value: string): void {
    this.field(number, text.encode(value));
  }

  double(number: number, value: number): void {
    this.small((number << 3) | 1);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }
}
