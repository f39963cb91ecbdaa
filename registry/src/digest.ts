/** Digests as the OCI image specification writes them: the algorithm, `:`, and hex digits. Packages have sha256. */
import { createHash } from 'node:crypto';

export type DigestAlgorithm = 'sha256' | 'sha512';

const hexLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha512', 128],
]);

/** The digest of the bytes. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

export function isDigest(text: string): boolean {
  const { algorithm, hex } = splitDigest(text);
  return hex.length === hexLengths.get(algorithm) && /^[0-9a-f]+$/.test(hex);
}

/** Whether the bytes are those of a digest that is valid. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  return digestOf(bytes, splitDigest(digest).algorithm === 'sha512' ? 'sha512' : 'sha256') === digest;
}

export function splitDigest(digest: string): { readonly algorithm: string; readonly hex: string } {
  const colon = digest.indexOf(':');
  return { algorithm: digest.slice(0, Math.max(0, colon)), hex: digest.slice(colon + 1) };
}

/** The digest of hex digits alone, whose number tells the algorithm; undefined when they are those of none. */
export function digestOfHex(hex: string): string | undefined {
  for (const [algorithm, length] of hexLengths) {
    if (hex.length === length && /^[0-9a-f]+$/.test(hex)) {
      return `${algorithm}:${hex}`;
    }
  }
  return undefined;
}
