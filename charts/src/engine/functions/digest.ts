/** Digests: sha1sum, sha256sum, sha512sum, adler32sum. Follows Sprig 3.3.0: hexadecimal, but for adler32 in decimal. */
import { goBytes } from '../gotemplate/bytes.ts';
import { text } from './arguments.ts';
import type { TemplateFunction } from './function.ts';
import { nodeCrypto } from './lazy-modules.ts';

/** sha1sum, sha256sum, sha512sum, adler32sum. */
export const digestFunctions: readonly TemplateFunction[] = [
  ...(['sha1', 'sha256', 'sha512'] as const).map(
    (algorithm): TemplateFunction => ({
      name: `${algorithm}sum`,
      parameters: ['string'],
      result: 'string',
      call: ([value]) => nodeCrypto().hash(algorithm, goBytes(text(value)), 'hex'),
    }),
  ),
  {
    name: 'adler32sum',
    parameters: ['string'],
    result: 'string',
    call: ([value]) => String(adler32(goBytes(text(value)))),
  },
];

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
