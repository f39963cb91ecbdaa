/** Texts are cut and broken by bytes. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ trunc 3 "hello" }}|{{ trunc -3 "hello" }}|{{ trunc 9 "hello" }}|{{ trunc -9 "hello" }}|{{ trunc 1 "é" | quote }}',
    'hel|llo|hello|hello|"\\xc3"',
  ],
  [
    '{{ substr 1 3 "hello" }}|{{ substr -1 2 "hello" }}|{{ substr 2 -1 "hello" }}|{{ substr 0 99 "hello" }}',
    'el|he|llo|hello',
  ],
  ['{{ substr 3 1 "hello" }}', 'error calling substr: runtime error: slice bounds out of range [3:1]'],
  ['{{ substr 9 -1 "hello" }}', 'error calling substr: runtime error: slice bounds out of range [9:5]'],
  ['{{ substr -1 9 "hello" }}', 'error calling substr: runtime error: slice bounds out of range [:9] with length 5'],
  [
    '{{ abbrev 5 "hello world" }}|{{ abbrev 3 "hello" }}|{{ abbrev 11 "hello world" }}|{{ abbrevboth 5 10 "1234 5678 9123" }}|{{ abbrevboth 1 5 "hello world" }}',
    'he...|hello|hello world|...5678...|hello world',
  ],
  [
    '{{ abbrevboth -9223372036854775808 7 "hello world" }}|{{ abbrevboth -9223372036854775807 7 "hello world" }}|{{ abbrevboth -9 7 "hello world" }}',
    '...orld|...orld|hell...',
  ],
  [
    '{{ wrap 5 "hello big world" }}|{{ wrap 0 "a b" }}|{{ wrapWith 4 "-" "longword a" }}|{{ wrapWith 4 "" "longword" }}',
    'hello\nbig\nworld|a\nb|long-word-a|long\nword',
  ],
];

describe('the functions of wrapping.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
