/**
 * What a scalar's text means: the YAML 1.1 rules as go.yaml.in/yaml 2.4 has them. `yes`, `on` and `y` are booleans,
 * `017`, `0o17`, `0x1f`, `0b1` and `1_000` integers; base 60 is text, and a timestamp is text too once through JSON.
 */
import { goString } from '../engine/gotemplate/bytes.ts';
import { YamlError } from './error.ts';
import { isUnsigned, parseBinary, parseInteger } from './go-number.ts';
import { isTimestamp } from './timestamp.ts';

/** A resolved scalar. Integers are bigints, floats numbers; a timestamp keeps its text. */
export type Scalar =
  | { readonly kind: 'str' | 'timestamp' | 'merge' | 'binary'; readonly value: string }
  | { readonly kind: 'null'; readonly value: null }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number };

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...spellings(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'], {
    kind: 'bool',
    value: true,
  }),
  ...spellings(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'], {
    kind: 'bool',
    value: false,
  }),
  ...spellings(['', '~', 'null', 'Null', 'NULL'], { kind: 'null', value: null }),
  ...spellings(['.nan', '.NaN', '.NAN'], { kind: 'float', value: Number.NaN }),
  ...spellings(['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'], { kind: 'float', value: Infinity }),
  ...spellings(['-.inf', '-.Inf', '-.INF'], { kind: 'float', value: -Infinity }),
]);

function spellings(words: readonly string[], scalar: Scalar): [string, Scalar][] {
  return words.map((word) => [word, scalar]);
}

const TEXT = 0;
const WORD = 1;
const NUMBER = 2;
const DOT = 3;

/** What the first character allows: most texts are decided by it. */
const hint: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (const char of 'yYnNtTfFoO~') table[char.charCodeAt(0)] = WORD;
  for (const char of '+-0123456789') table[char.charCodeAt(0)] = NUMBER;
  table[46] = DOT;
  return table;
})();

const LONGEST_WORD = 5;
/** Here go-yaml leaves underscores to strconv, which wants them between digits. */
const DOT_FLOAT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * The meaning of an unquoted scalar without a tag when it is not text, else undefined. This is the fast way: no
 * object is made for text.
 */
export function resolvePlain(text: string): Scalar | undefined {
  if (text === '') return WORDS.get(text);
  const first = text.charCodeAt(0);
  switch (first < 128 ? hint[first] : TEXT) {
    case WORD:
      return text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
    case NUMBER:
      return resolveNumber(text, true);
    case DOT:
      return WORDS.get(text) ?? resolveFloat(DOT_FLOAT.test(text) ? text.replaceAll('_', '') : text);
    default:
      return undefined;
  }
}

function resolveNumber(text: string, timestamps: boolean): Scalar | undefined {
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  if (timestamps && isTimestamp(text)) return { kind: 'timestamp', value: text };
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = parseInteger(plain);
  if (integer !== undefined) return { kind: 'int', value: integer };
  const float = resolveFloat(plain);
  if (float !== undefined) return float;
  if (plain.startsWith('0b')) return integerOrText(parseBinary(plain.slice(2)));
  if (plain.startsWith('-0b') && /^[01]+$/.test(plain.slice(3)))
    return integerOrText(parseBinary(`-${plain.slice(3)}`));
  return undefined;
}

function integerOrText(value: bigint | undefined): Scalar | undefined {
  return value === undefined ? undefined : { kind: 'int', value };
}

function resolveFloat(text: string): Scalar | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { kind: 'float', value } : undefined;
}

export const TAG_PREFIX = 'tag:yaml.org,2002:';
const CHECKED_TAGS: ReadonlySet<string> = new Set(['str', 'bool', 'int', 'float', 'null', 'timestamp']);

/**
 * The meaning of a scalar that carries a tag. Throws YamlError when the text is not of the tag's type. A tag that
 * YAML 1.1 does not define leaves the text as it is.
 */
export function resolveTagged(tag: string, text: string): Scalar {
  if (!tag.startsWith(TAG_PREFIX)) return { kind: 'str', value: text };
  const name = tag.slice(TAG_PREFIX.length);
  if (name === 'binary') return { kind: 'binary', value: decodeBase64(text) };
  if (!CHECKED_TAGS.has(name) || name === 'str') return { kind: 'str', value: text };
  const scalar = resolveFor(name, text);
  if (scalar.kind === name) return scalar;
  if (name === 'float' && scalar.kind === 'int' && !isUnsigned(scalar.value)) {
    return { kind: 'float', value: Number(scalar.value) };
  }
  throw new YamlError(`yaml: cannot decode !!${scalar.kind} \`${text}\` as a !!${name}`);
}

/** A timestamp is looked for only where the tag asks for one. */
function resolveFor(name: string, text: string): Scalar {
  const first = text.charCodeAt(0);
  const scalar = first < 128 && hint[first] === NUMBER ? resolveNumber(text, name === 'timestamp') : resolvePlain(text);
  return scalar ?? { kind: 'str', value: text };
}

/** Standard base64 with padding; line breaks are left out. Bytes that are not UTF-8 become U+DC80..U+DCFF. */
function decodeBase64(text: string): string {
  const packed = text.replace(/[\r\n]/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    throw new YamlError('yaml: !!binary value contains invalid base64 data');
  }
  return goString(Buffer.from(packed, 'base64'));
}
