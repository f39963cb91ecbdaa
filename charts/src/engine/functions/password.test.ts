/** Passwords are derived, hashed and enciphered as in Sprig. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ derivePassword 1 "long" "secret" "me" "example.org" }} {{ derivePassword 2 "pin" "secret" "me" "example.org" }} {{ derivePassword 1 "x" "a" "b" "c" }}',
    'GegrFinaWavn3% 1307 cannot find password template x',
  ],
  [
    '{{ htpasswd "a:b" "c" }}|{{ bcrypt (repeat 73 "x") }}',
    'invalid username: a:b|failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes',
  ],
  ['{{ decryptAES "k" (encryptAES "k" "té") }}|{{ encryptAES "k" "" }}|{{ decryptAES "k" "" }}', 'té||'],
  [
    '{{ decryptAES "k" "YWJj" }}',
    'error calling decryptAES: runtime error: slice bounds out of range [:16] with capacity 3',
  ],
  [
    '{{ decryptAES "k" "AAAAAAAAAAAAAAAAAAAAAA==" }}',
    'error calling decryptAES: runtime error: index out of range [-1]',
  ],
  ['{{ decryptAES "k" "AAAAAAAAAAAAAAAAAAAAAAAA" }}', 'error calling decryptAES: crypto/cipher: input not full blocks'],
  ['{{ decryptAES "k" "?" }}', 'error calling decryptAES: illegal base64 data at input byte 0'],
];

describe('the functions of password.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
