/**
 * Passwords: bcrypt, htpasswd, derivePassword. Follows Sprig 3.3.0; derivePassword is the algorithm of Master Password
 * (https://masterpassword.app), version 3 without its later fixes.
 */
import { byteLength, goBytes } from '../gotemplate/bytes.ts';
import { GoNumber, type GoValue } from '../gotemplate/go-value.ts';
import { text } from './arguments.ts';
import type { CallContext, TemplateFunction } from './function.ts';
import { bcryptModule, nodeCrypto } from './lazy-modules.ts';

const COST = 10;
const MAX_BCRYPT_BYTES = 72;

/** bcrypt, htpasswd, derivePassword. */
export const passwordFunctions: readonly TemplateFunction[] = [
  {
    name: 'bcrypt',
    parameters: ['string'],
    result: 'string',
    call: ([password], context) => bcrypt(text(password), context),
  },
  {
    name: 'htpasswd',
    parameters: ['string', 'string'],
    result: 'string',
    call: ([user, password], context) =>
      text(user).includes(':') ? `invalid username: ${text(user)}` : `${text(user)}:${bcrypt(text(password), context)}`,
  },
  {
    name: 'derivePassword',
    parameters: ['uint32', 'string', 'string', 'string', 'string'],
    result: 'string',
    call: ([counter, kind, password, user, site]) =>
      derivePassword({
        counter: unsigned(counter),
        kind: text(kind),
        password: text(password),
        user: text(user),
        site: text(site),
      }),
  },
];

function bcrypt(password: string, context: CallContext): string {
  if (byteLength(password) > MAX_BCRYPT_BYTES) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${MAX_BCRYPT_BYTES} bytes`;
  }
  const { encodeBase64, hashSync } = bcryptModule();
  const salt = encodeBase64(context.env.random.bytes(16), 16);
  return hashSync(password, `$2a$${COST}$${salt}`);
}

function unsigned(value: GoValue): number {
  return Number(value instanceof GoNumber ? value.value : value);
}

const SEED = 'com.lyndir.masterpassword';

/** Each letter of a template stands for one of a class of characters. */
const templates: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    [
      'CvcvnoCvcvCvcv',
      'CvcvCvcvnoCvcv',
      'CvcvCvcvCvcvno',
      'CvccnoCvcvCvcv',
      'CvccCvcvnoCvcv',
      'CvccCvcvCvcvno',
      'CvcvnoCvccCvcv',
      'CvcvCvccnoCvcv',
      'CvcvCvccCvcvno',
      'CvcvnoCvcvCvcc',
      'CvcvCvcvnoCvcc',
      'CvcvCvcvCvccno',
      'CvccnoCvccCvcv',
      'CvccCvccnoCvcv',
      'CvccCvccCvcvno',
      'CvcvnoCvccCvcc',
      'CvcvCvccnoCvcc',
      'CvcvCvccCvccno',
      'CvccnoCvcvCvcc',
      'CvccCvcvnoCvcc',
      'CvccCvcvCvccno',
    ],
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
]);

const classes: ReadonlyMap<string, string> = new Map([
  ['V', 'AEIOU'],
  ['C', 'BCDFGHJKLMNPQRSTVWXYZ'],
  ['v', 'aeiou'],
  ['c', 'bcdfghjklmnpqrstvwxyz'],
  ['A', 'AEIOUBCDFGHJKLMNPQRSTVWXYZ'],
  ['a', 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'],
  ['n', '0123456789'],
  ['o', "@&%?,=[]_:-+*$#!'^~;()/."],
  ['x', 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()'],
]);

interface Derivation {
  readonly counter: number;
  readonly kind: string;
  readonly password: string;
  readonly user: string;
  readonly site: string;
}

function derivePassword(from: Derivation): string {
  const choices = templates.get(from.kind);
  if (choices === undefined) return `cannot find password template ${from.kind}`;
  const { createHmac, scryptSync } = nodeCrypto();
  const salt = Buffer.concat([Buffer.from(SEED), lengthOf(from.user), goBytes(from.user)]);
  const cost = { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };
  const key = scryptSync(goBytes(from.password), salt, 64, cost);
  const message = Buffer.concat([Buffer.from(SEED), lengthOf(from.site), goBytes(from.site), word(from.counter)]);
  const seed = createHmac('sha256', key).update(message).digest();
  const template = choices[(seed[0] ?? 0) % choices.length] ?? '';
  return Array.from(template, (letter, i) => {
    const characters = classes.get(letter) ?? '';
    return characters.charAt((seed[i + 1] ?? 0) % characters.length);
  }).join('');
}

function lengthOf(value: string): Buffer {
  return word(byteLength(value));
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
