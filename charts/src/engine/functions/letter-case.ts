/**
 * Functions on letters and words: title, camelcase, snakecase, kebabcase, swapcase, initials, ... Follows Sprig 3.3.0
 * over Go's strings, goutils 1.1.1 (which reads bytes as Latin-1 in initials and nospace) and xstrings 1.5.0.
 */
import { text } from './arguments.ts';
import type { TemplateFunction } from './function.ts';
import {
  isDigit,
  isLetter,
  isLoneByte,
  isLower,
  isNumber,
  isPunctuation,
  isSpace,
  isTitle,
  isUpper,
  lowerOf,
  runesOf,
  titleOf,
  toLower,
  toUpper,
  upperOf,
} from './unicode.ts';
import { byteView } from './wrapping.ts';

/** upper, lower, title, untitle, swapcase, initials, nospace, camelcase, snakecase, kebabcase. */
export const letterCaseFunctions: readonly TemplateFunction[] = (
  [
    ['upper', toUpper],
    ['lower', toLower],
    ['title', title],
    ['untitle', untitle],
    ['swapcase', swapCase],
    ['initials', initials],
    ['nospace', deleteSpace],
    ['camelcase', toPascalCase],
    ['snakecase', (value: string) => toSeparatedCase(value, '_')],
    ['kebabcase', (value: string) => toSeparatedCase(value, '-')],
  ] as const
).map(([name, apply]) => ({
  name,
  parameters: ['string'],
  result: 'string',
  call: ([value]) => apply(text(value)),
}));

function title(value: string): string {
  let out = '';
  let previous = ' ';
  for (const char of value) {
    if (isLoneByte(char)) out += '\ufffd';
    else out += separatesWords(previous) ? titleOf(char) : char;
    previous = char;
  }
  return out;
}

/** strings.isSeparator. */
function separatesWords(char: string): boolean {
  if (char <= '\x7f') return !/^[0-9A-Za-z_]$/.test(char);
  return !isLetter(char) && !isDigit(char) && isSpace(char);
}

function untitle(value: string): string {
  let isStart = true;
  return runesOf(value)
    .map((char) => {
      if (isSpace(char)) {
        isStart = true;
        return char;
      }
      const mapped = isStart ? lowerOf(char) : char;
      isStart = false;
      return mapped;
    })
    .join('');
}

function swapCase(value: string): string {
  let afterSpace = true;
  return runesOf(value)
    .map((char) => {
      if (isUpper(char) || isTitle(char)) {
        afterSpace = false;
        return lowerOf(char);
      }
      if (isLower(char)) {
        const mapped = afterSpace ? titleOf(char) : upperOf(char);
        afterSpace = false;
        return mapped;
      }
      afterSpace = isSpace(char);
      return char;
    })
    .join('');
}

function initials(value: string): string {
  let out = '';
  let afterGap = true;
  for (const char of byteView(value)) {
    if (isSpace(char)) afterGap = true;
    else if (afterGap) {
      out += char;
      afterGap = false;
    }
  }
  return out;
}

function deleteSpace(value: string): string {
  const bytes = byteView(value);
  let out = '';
  for (const char of bytes) if (!isSpace(char)) out += char;
  return out.length === bytes.length ? value : out;
}

function isConnector(char: string): boolean {
  return char === '-' || char === '_' || isSpace(char);
}

function toPascalCase(value: string): string {
  const chars = runesOf(value);
  let out = '';
  let i = 0;
  let current = '';
  let isFirstUpper = false;
  for (; i < chars.length; i++) {
    current = chars[i] ?? '';
    if (!isConnector(current)) break;
    out += current;
  }
  // Nothing but connectors: xstrings writes the last of them again.
  if (i === chars.length) return out + current;
  isFirstUpper = isUpper(current);
  current = upperOf(current);
  for (i++; i < chars.length; i++) {
    const previous = current;
    current = chars[i] ?? '';
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
      continue;
    }
    if (isConnector(previous)) {
      isFirstUpper = isUpper(current);
      current = upperOf(current);
      continue;
    }
    if (isFirstUpper) {
      if (isUpper(current)) current = lowerOf(current);
      else isFirstUpper = false;
    }
    out += previous;
  }
  return out + current;
}

type WordKind = 'invalid' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

/** A character with the bytes before it that are no UTF-8: they count as part of it. */
interface Letter {
  readonly char: string;
  readonly text: string;
}

/** camelCaseToLowerCase of xstrings: `HTTP20xOK` is `http_20x_ok`, `Bld4Floor3rd` is `bld4_floor_3rd`. */
function toSeparatedCase(value: string, connector: string): string {
  if (value === '') return '';
  const words = splitWords(lettersOf(value));
  let out = '';
  let i = 0;
  const write = (word: Word | undefined) => {
    if (word !== undefined) out += lowerWord(word, connector);
  };
  const kindAt = (index: number): WordKind => words[index]?.kind ?? 'invalid';
  const joins = (index: number) => !['invalid', 'punctuation', 'connector'].includes(kindAt(index));
  while (i + 1 < words.length) {
    const previous = words[i];
    if (previous === undefined) break;
    if (previous.kind !== 'connector') write(previous);
    i++;
    if (previous.kind === 'connector') write(previous);
    else if (previous.kind === 'number') {
      while (kindAt(i) === 'alphabet' || kindAt(i) === 'number') write(words[i++]);
      if (joins(i)) out += connector;
    } else if (previous.kind !== 'punctuation') {
      if (kindAt(i) !== 'number') {
        if (kindAt(i) !== 'connector' && kindAt(i) !== 'punctuation') out += connector;
        continue;
      }
      if (i + 1 >= words.length) continue;
      const number = words[i++];
      if (kindAt(i) !== 'alphabet') {
        write(number);
        if (kindAt(i) !== 'connector' && kindAt(i) !== 'punctuation') out += connector;
        continue;
      }
      out += connector;
      write(number);
      while (kindAt(i) === 'alphabet' || kindAt(i) === 'number') write(words[i++]);
      if (joins(i)) out += connector;
    }
  }
  write(words[i]);
  return out;
}

function lowerWord(word: Word, connector: string): string {
  if (word.kind !== 'upper' && word.kind !== 'connector') return word.text;
  return runesOf(word.text)
    .map((char) => (isConnector(char) ? connector : isUpper(char) ? lowerOf(char) : char))
    .join('');
}

function lettersOf(value: string): Letter[] {
  const letters: Letter[] = [];
  let invalid = '';
  for (const char of value) {
    if (isLoneByte(char) || char === '\ufffd') {
      invalid += char;
      continue;
    }
    letters.push({ char, text: invalid + char });
    invalid = '';
  }
  // At the end they count as what is before them.
  if (invalid !== '') letters.push({ char: letters.at(-1)?.char ?? '', text: invalid });
  return letters;
}

function splitWords(letters: readonly Letter[]): Word[] {
  const words: Word[] = [];
  let i = 0;
  while (i < letters.length) {
    const kind = kindOfChar(letters[i]?.char ?? '');
    const end = kind === 'upper' ? endOfUpper(letters, i) : endOfRun(letters, i, kind);
    const text = letters.slice(i, end).map((letter) => letter.text);
    words.push({ kind, text: text.join('') });
    i = end;
  }
  return words;
}

function kindOfChar(char: string): WordKind {
  if (char === '') return 'invalid';
  if (isConnector(char)) return 'connector';
  if (isPunctuation(char)) return 'punctuation';
  if (isUpper(char)) return 'upper';
  if (isAlphabet(char)) return 'alphabet';
  if (isNumber(char)) return 'number';
  return 'other';
}

/** isAlphabet of xstrings: letters that are not Chinese, Japanese or Korean ideographs. */
function isAlphabet(char: string): boolean {
  if (!isLetter(char)) return false;
  const point = char.codePointAt(0) ?? 0;
  const isIdeograph =
    (point >= 0x4e00 && point <= 0x9fcc) ||
    (point >= 0x3400 && point <= 0x4d85) ||
    (point >= 0x20000 && point <= 0x2b81d);
  return !isIdeograph;
}

function endOfRun(letters: readonly Letter[], start: number, kind: WordKind): number {
  let end = start + 1;
  while (end < letters.length && goesOn(letters[end]?.char ?? '', kind)) end++;
  return end;
}

/** Hyphens and underscores are connectors, but punctuation to a word of punctuation. */
function goesOn(char: string, kind: WordKind): boolean {
  return kind === 'punctuation' ? isPunctuation(char) : kindOfChar(char) === kind;
}

/** `HTTPServer`: the last upper-case letter belongs to what follows if that is a letter. */
function endOfUpper(letters: readonly Letter[], start: number): number {
  let end = start + 1;
  const charAt = (index: number) => letters[index]?.char ?? '';
  if (end >= letters.length) return end;
  if (isUpper(charAt(end))) {
    while (end < letters.length && isUpper(charAt(end))) end++;
    return end < letters.length && isAlphabet(charAt(end)) ? end - 1 : end;
  }
  if (isAlphabet(charAt(end))) while (end < letters.length && kindOfChar(charAt(end)) === 'alphabet') end++;
  return end;
}
