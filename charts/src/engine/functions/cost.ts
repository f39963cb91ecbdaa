/**
 * What calls cost in steps of a render, beside what is the same for all: so that no template can ask for more work than
 * its limit, however few nodes it has. A step is some ten nanoseconds. Go has no such limits.
 */
import { mapEntries, sliceItems } from '../gotemplate/go-types.ts';
import { GoStruct, type GoValue } from '../gotemplate/go-value.ts';

export interface CallCost {
  /** Of each call. */
  readonly steps: number;
  /** True if the function goes through all that is in its arguments. */
  readonly walks: boolean;
}

/** Characters that a function reads, and bytes that it makes, for a step. */
export const READ_PER_STEP = 16;
export const MADE_PER_STEP = 8;

const PRIME_SEARCH = 4_000_000;
const CERTIFICATE = 2_000_000;
const SIGNATURE = 100_000;
const PASSWORD = 2_000_000;

const steps: Readonly<Record<string, number>> = {
  bcrypt: PASSWORD,
  htpasswd: PASSWORD,
  derivePassword: PASSWORD,
  genPrivateKey: PRIME_SEARCH,
  genCA: CERTIFICATE,
  genCAWithKey: SIGNATURE,
  genSelfSignedCert: CERTIFICATE,
  genSelfSignedCertWithKey: SIGNATURE,
  genSignedCert: CERTIFICATE,
  genSignedCertWithKey: SIGNATURE,
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
  ...['uniq', 'mustUniq', 'without', 'mustWithout', 'merge', 'mustMerge', 'mergeOverwrite', 'mustMergeOverwrite'],
  ...['toToml', 'mustToToml', 'fail'],
];

/** The costs of functions by name. */
export const callCosts: ReadonlyMap<string, CallCost> = new Map(
  [...Object.keys(steps), ...walking].map((name) => [name, { steps: steps[name] ?? 0, walks: walking.includes(name) }]),
);

/** Functions refuse what is nested deeper, in words of their own. */
const MAX_DEPTH = 1500;

/**
 * Steps to go through a value and all that is in it, as often as it is in it. Stops where the steps exceed `most`, or
 * where the value is nested so deep that it must be a circle.
 */
export function stepsToWalk(value: GoValue, most: number, depth = 0): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / READ_PER_STEP);
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return 1;
  const items = sliceItems(value) ?? (value instanceof GoStruct ? value.fields : mapEntries(value))?.values() ?? [];
  let sum = 1;
  for (const item of items) {
    sum += stepsToWalk(item, most - sum, depth + 1);
    if (sum > most) break;
  }
  return sum;
}
