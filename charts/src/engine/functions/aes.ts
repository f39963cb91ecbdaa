/**
 * encryptAES and decryptAES: AES-256 in CBC mode, the password's bytes as the key (cut or filled with zeros), the
 * initialization vector before the text, base64 around both. Follows Sprig 3.3.0, with the errors of Go's slices.
 */
import { byteLength, goBytes, goString } from '../gotemplate/bytes.ts';
import { text } from './arguments.ts';
import { decodeBase64, encodeBase64 } from './encoding.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { nodeCrypto } from './lazy-modules.ts';

const BLOCK = 16;

/** encryptAES, decryptAES. */
export const aesFunctions: readonly TemplateFunction[] = [
  {
    name: 'encryptAES',
    parameters: ['string', 'string'],
    result: 'string',
    call: ([password, plain], context) => encrypt(text(password), text(plain), context),
  },
  {
    name: 'decryptAES',
    parameters: ['string', 'string'],
    result: 'string',
    call: ([password, packed]) => decrypt(text(password), text(packed)),
  },
];

function encrypt(password: string, plain: string, context: CallContext): string {
  if (plain === '') return '';
  const content = goBytes(plain);
  context.spend(content.length * 1.34 + 64);
  const vector = context.env.random.bytes(BLOCK);
  const cipher = nodeCrypto().createCipheriv('aes-256-cbc', keyOf(password), vector);
  return encodeBase64(Buffer.concat([vector, cipher.update(content), cipher.final()]));
}

function decrypt(password: string, packed: string): string {
  if (packed === '') return '';
  const bytes = decodeBase64(packed);
  if (typeof bytes === 'string') throw new FunctionError(bytes);
  // Go's buffer is made for the padded length.
  const capacity = Math.floor(byteLength(packed) / 4) * 3;
  if (capacity < BLOCK) throw outOfRange(`[:${BLOCK}] with capacity ${capacity}`);
  if (bytes.length < BLOCK) throw outOfRange(`[${BLOCK}:${bytes.length}]`);
  const content = bytes.subarray(BLOCK);
  if (content.length % BLOCK !== 0) throw new FunctionError('crypto/cipher: input not full blocks');
  if (content.length === 0) throw new FunctionError('runtime error: index out of range [-1]');
  const decipher = nodeCrypto().createDecipheriv('aes-256-cbc', keyOf(password), bytes.subarray(0, BLOCK));
  decipher.setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(content), decipher.final()]);
  const end = plain.length - (plain.at(-1) ?? 0);
  if (end < 0) throw outOfRange(`[:${end}]`);
  return goString(plain.subarray(0, end));
}

function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(32);
  key.set(goBytes(password).subarray(0, 32));
  return key;
}

function outOfRange(bounds: string): FunctionError {
  return new FunctionError(`runtime error: slice bounds out of range ${bounds}`);
}
