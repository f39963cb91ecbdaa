/** base64, base32 and digests are those of Go; what is wrong is the result. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ b64enc "héllo" }} {{ b64dec "aMOpbGxv" }} {{ b64dec "aGVs\\nbG8=" }} {{ b32enc "foo" }} {{ b32dec "MZXW6===" }} {{ b32enc "" }}',
    'aMOpbGxv héllo hello MZXW6=== foo ',
  ],
  [
    '{{ range list "a" "ab" "abc" "a===" "ab=c" "ab==x" "!!!!" "abcde" "ab=" "=" "ab\\n=" }}{{ b64dec . }}|{{ end }}',
    'illegal base64 data at input byte 0|illegal base64 data at input byte 0|illegal base64 data at input byte 0|illegal base64 data at input byte 1|illegal base64 data at input byte 2|illegal base64 data at input byte 4|illegal base64 data at input byte 0|illegal base64 data at input byte 4|illegal base64 data at input byte 3|illegal base64 data at input byte 0|illegal base64 data at input byte 4|',
  ],
  [
    '{{ range list "a" "M" "MZ" "MZ======X" "M=======" "MZX=====" "MZXW6==" "mzxw6===" "A1" "AAAAAAAAA" "========" }}{{ b32dec . }}|{{ end }}',
    'illegal base32 data at input byte 0|illegal base32 data at input byte 0|illegal base32 data at input byte 0|f|illegal base32 data at input byte 1|illegal base32 data at input byte 3|illegal base32 data at input byte 7|illegal base32 data at input byte 0|illegal base32 data at input byte 1|illegal base32 data at input byte 8|illegal base32 data at input byte 0|',
  ],
  [
    '{{ sha1sum "abc" }} {{ adler32sum "hello" }} {{ sha256sum "" }} {{ trunc 16 (sha512sum "é") }}',
    'a9993e364706816aba3e25717850c26c9cd0d89d 103547413 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 9e2ad28633f24451',
  ],
];

describe('the functions of encoding.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
