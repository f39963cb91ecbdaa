/**
 * The short hashes in names of ReplicaSets, ControllerRevisions and Jobs' pods: FNV-1 and FNV-1a of 32 bits, written in
 * the alphabet of apimachinery's rand.SafeEncodeString (no vowels, nothing to mistake).
 */

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const encoder = new TextEncoder();

export function fnv32(...parts: readonly Uint8Array[]): number {
  let hash = OFFSET;
  for (const part of parts) for (const byte of part) hash = Math.imul(hash, PRIME) ^ byte;
  return hash >>> 0;
}

export function fnv32a(...parts: readonly Uint8Array[]): number {
  let hash = OFFSET;
  for (const part of parts) for (const byte of part) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Maps each character to one that is safe in a name. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (const byte of encoder.encode(text)) encoded += ALPHABET.charAt(byte % ALPHABET.length);
  return encoded;
}
