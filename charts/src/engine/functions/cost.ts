/**
 * What calls cost in steps of a render, beside what is the same for all: so that no template can ask for more work than
 * its limit, however few nodes it has. A step is some ten nanoseconds, at most a hundred. Go has no such limits.
 */
import { mapEntries, sliceItems } from '../gotemplate/go-types.ts';
import { GoStruct, type GoValue } from '../gotemplate/go-value.ts';

export interface CallCost {
  /** Of each call. */
  readonly steps: number;
  /** True if the function goes through all that is in its arguments. */
  readonly walks: boolean;
  /** True if the function makes the list or map that it gives. */
  readonly makes: boolean;
  /** Of each character of a text that it is given or makes. */
  readonly stepsACharacter: number;
}

/** Characters that a function reads, and bytes that it makes, for a step. */
export const READ_PER_STEP = 16;
export const MADE_PER_STEP = 8;

/** Charts that make dozens of certificates are real, and each has a key of its own to search primes for. */
const CERTIFICATE = 300_000;
const SIGNATURE = 50_000;
const PASSWORD = 700_000;
const LONG_PASSWORD = 1_500_000;
const CIPHER = 500;
/** From the random source of the system. */
const DRAW = 150;

const steps: Readonly<Record<string, number>> = {
  bcrypt: PASSWORD,
  htpasswd: PASSWORD,
  derivePassword: LONG_PASSWORD,
  genCA: CERTIFICATE,
  genCAWithKey: SIGNATURE,
  genSelfSignedCert: CERTIFICATE,
  genSelfSignedCertWithKey: SIGNATURE,
  genSignedCert: CERTIFICATE,
  genSignedCertWithKey: SIGNATURE,
  encryptAES: CIPHER,
  decryptAES: CIPHER,
  uuidv4: DRAW,
  randInt: DRAW,
  randAlpha: DRAW,
  randAlphaNum: DRAW,
  randNumeric: DRAW,
  randAscii: DRAW,
  randBytes: DRAW,
  // An entry of a map, with its key.
  set: 32,
};

const walking: readonly string[] = [
  ...[
    'print',
    'println',
    'printf',
    'html',
    'js',
    'urlquery',
    'cat',
    'quote',
    'squote',
    'toString',
    'toStrings',
    'join',
  ],
  ...['sortAlpha', 'toYaml', 'toYamlPretty', 'mustToYaml', 'deepEqual', 'deepCopy', 'mustDeepCopy', 'has', 'mustHas'],
  ...['uniq', 'mustUniq', 'without', 'mustWithout', 'toDecimal', 'urlJoin'],
  // Those print what they cannot compare.
  ...['toToml', 'mustToToml', 'fail', 'eq', 'ne', 'genSelfSignedCert', 'genSelfSignedCertWithKey'],
  ...['genSignedCert', 'genSignedCertWithKey'],
  ...['toJson', 'mustToJson', 'toRawJson', 'mustToRawJson', 'toPrettyJson', 'mustToPrettyJson'],
];

const making: readonly string[] = [
  ...['list', 'tuple', 'dict', 'append', 'mustAppend', 'push', 'mustPush', 'prepend', 'mustPrepend', 'concat'],
  ...['rest', 'mustRest', 'initial', 'mustInitial', 'reverse', 'mustReverse', 'compact', 'mustCompact', 'uniq'],
  ...['mustUniq', 'without', 'mustWithout', 'slice', 'mustSlice', 'chunk', 'mustChunk', 'keys', 'values', 'pick'],
  ...['omit', 'pluck', 'merge', 'mustMerge', 'mergeOverwrite', 'mustMergeOverwrite', 'deepCopy', 'mustDeepCopy'],
  ...['split', 'splitList', 'splitn', 'regexSplit', 'mustRegexSplit', 'regexFindAll', 'mustRegexFindAll'],
  ...['sortAlpha', 'toStrings', 'urlParse'],
];

/** Functions that look at each character of a text as Unicode has it. */
const byCharacter: readonly string[] = [
  ...['title', 'untitle', 'initials', 'swapcase', 'snakecase', 'camelcase', 'kebabcase', 'nospace'],
  ...['shuffle', 'substr', 'trunc', 'trimAll', 'b32dec', 'urlParse'],
  ...['dateModify', 'date_modify', 'mustDateModify', 'must_date_modify', 'durationRound'],
];
const STEPS_A_CHARACTER = 6;

const stepsACharacter: Readonly<Record<string, number>> = {
  ...Object.fromEntries(byCharacter.map((name) => [name, STEPS_A_CHARACTER])),
  // Draws a number for each.
  shuffle: 60,
  // Write each in a way of their own.
  urlquery: 2,
  urlJoin: 2,
  js: 1.5,
  printf: 1,
  quote: 1,
  b32enc: 1,
  wrap: 0.5,
  wrapWith: 0.5,
  html: 0.5,
  squote: 0.5,
  toYaml: 1.5,
  mustToYaml: 1.5,
  toYamlPretty: 1.5,
  toToml: 2,
  mustToToml: 2,
  toJson: 0.5,
  mustToJson: 0.5,
  toRawJson: 0.5,
  mustToRawJson: 0.5,
  toPrettyJson: 1,
  mustToPrettyJson: 1,
  // Count the bytes that Go has for it.
  len: 0.2,
  index: 0.2,
  abbrev: 0.2,
  abbrevboth: 0.2,
  adler32sum: 0.2,
};

/** Costs that were asked for: a chart calls few of all functions. */
const known = new Map<string, CallCost | undefined>();

/** The costs of a function; undefined for one that costs no more than any call. */
export function callCost(name: string): CallCost | undefined {
  if (known.has(name)) return known.get(name);
  const cost: CallCost = {
    steps: Object.hasOwn(steps, name) ? (steps[name] ?? 0) : 0,
    walks: walking.includes(name),
    makes: making.includes(name),
    stepsACharacter: Object.hasOwn(stepsACharacter, name) ? (stepsACharacter[name] ?? 0) : 0,
  };
  const isCostly = cost.steps > 0 || cost.walks || cost.makes || cost.stepsACharacter > 0;
  known.set(name, isCostly ? cost : undefined);
  return known.get(name);
}

/** How a list was made is noted for each, in a table that the garbage collector goes through slowly. */
export const STEPS_A_LIST = 100;

/** Steps to make a list or map, so that what a template makes and keeps is some ten bytes a step. */
export function stepsToHold(made: GoValue): number {
  const entries = mapEntries(made);
  if (entries !== undefined) return 24 + 16 * entries.size;
  const items = typeof made === 'object' && made !== null ? sliceItems(made) : undefined;
  return items === undefined ? 0 : STEPS_A_LIST + 4 * items.length;
}

/** Steps to parse and compile the text of a tpl. */
export function stepsToParse(text: string): number {
  return 300 + 4 * text.length;
}

/** Steps to read a text of JSON, YAML or TOML: most for the characters that begin something to keep. */
export function stepsToDecode(text: string): number {
  let sum = text.length;
  for (let i = 0; i < text.length; i++) if (beginning[text.charCodeAt(i)] === 1) sum += STEPS_A_BEGINNING;
  return sum;
}

const STEPS_A_BEGINNING = 10;
const beginning = new Uint8Array(128);
for (const character of '{[:-,=\n') beginning[character.charCodeAt(0)] = 1;

/** Steps for the texts that a function read and made. */
export function stepsForTexts(args: readonly GoValue[], result: GoValue): number {
  let read = 0;
  for (const arg of args) if (typeof arg === 'string') read += arg.length;
  const made = typeof result === 'string' ? result.length : 0;
  return read + made > READ_PER_STEP ? Math.floor(read / READ_PER_STEP + made / MADE_PER_STEP) : 0;
}

/** Looking at a number or text, and at a list or map, while they are counted and when the function does. */
const STEPS_A_LEAF = 4;
const STEPS_A_NODE = 16;
/** Bytes of a file in a value that is printed. */
const BYTES_PER_STEP = 2;

/** Functions refuse what is nested deeper, in words of their own. */
const MAX_DEPTH = 1500;

/**
 * Steps to go through a value and all that is in it, as often as it is in it. Stops where the steps exceed `most`, or
 * where the value is nested so deep that it must be a circle.
 */
export function stepsToWalk(value: GoValue, most: number, depth = 0): number {
  if (typeof value === 'string') return STEPS_A_LEAF + Math.floor(value.length / READ_PER_STEP);
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return STEPS_A_LEAF;
  if (value instanceof Uint8Array) return STEPS_A_NODE + value.length / BYTES_PER_STEP;
  const items = sliceItems(value) ?? (value instanceof GoStruct ? value.fields : mapEntries(value))?.values() ?? [];
  let sum = STEPS_A_NODE;
  for (const item of items) {
    sum += stepsToWalk(item, most - sum, depth + 1);
    if (sum > most) break;
  }
  return sum;
}
