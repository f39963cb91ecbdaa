/**
 * The grammar of storage keys, the same on every backend: segments of lower-case letters, digits and `! + . _ ~ -`, joined
 * by `/`. It leaves no room for path tricks (`..`, absolute paths, NUL, backslash, drive letters), for names that only some
 * file systems tell apart (case, Unicode forms, trailing dots), or for hidden files.
 */
import { RegistryError } from '../errors.ts';

const segmentPattern = /^[a-z0-9!_~+-][a-z0-9!_~.+-]*$/;
const maxSegmentLength = 255;
const maxKeyLength = 1024;

/** Throws InvalidKey. */
export function checkKey(key: string): void {
  if (!isKey(key)) {
    throw new RegistryError('InvalidKey', `storage key ${JSON.stringify(key.slice(0, 200))} is not valid`, {
      details: { key },
    });
  }
}

/** Throws InvalidKey unless the text is the beginning of a valid key. */
export function checkPrefix(prefix: string): void {
  const whole = prefix === '' || prefix.endsWith('/') ? `${prefix}x` : prefix;
  if (!isKey(whole)) {
    throw new RegistryError('InvalidKey', `storage prefix ${JSON.stringify(prefix.slice(0, 200))} is not valid`, {
      details: { prefix },
    });
  }
}

function isKey(key: string): boolean {
  return (
    key.length <= maxKeyLength &&
    key
      .split('/')
      .every((segment) => segment.length <= maxSegmentLength && segmentPattern.test(segment) && !segment.endsWith('.'))
  );
}
