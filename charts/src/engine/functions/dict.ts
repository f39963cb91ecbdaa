/**
 * Functions on dictionaries: dict, get, set, pick, merge, dig, ... Follows Sprig 3.3.0. `set`, `unset` and the merges
 * change the dictionary that they are given. `keys` and `values` come in the order of the keys, where Go's is random.
 */
import { sortedKeys } from '../gotemplate/bytes.ts';
import { typeName } from '../gotemplate/go-types.ts';
import { GoMap, GoSlice, type GoValue, nilMap } from '../gotemplate/go-value.ts';
import { anything, dictionary, text } from './arguments.ts';
import { deepCopy } from './deep-copy.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { mergeInto } from './merge.ts';
import { strval } from './strval.ts';

const DICT = 'map[string]interface {}';
const EMPTY: ReadonlyMap<string, GoValue> = new Map();

/** dict, get, set, unset, hasKey, keys, values, pick, omit, pluck, merge..., deepCopy, dig. */
export const dictFunctions: readonly TemplateFunction[] = [
  {
    name: 'dict',
    parameters: ['...interface {}'],
    result: DICT,
    call: (args, context) => {
      const made = new Map<string, GoValue>();
      for (let i = 0; i < args.length; i += 2) {
        // What is no text is printed to be a key.
        context.walk?.(args[i]);
        made.set(strval(args[i]), i + 1 < args.length ? anything(args[i + 1]) : '');
      }
      return made;
    },
  },
  {
    name: 'get',
    parameters: [DICT, 'string'],
    result: 'interface {}',
    call: ([dict, key]) => {
      const entries = dictionary(dict) ?? EMPTY;
      return entries.has(text(key)) ? anything(entries.get(text(key))) : '';
    },
  },
  {
    name: 'set',
    parameters: [DICT, 'string', 'interface {}'],
    result: DICT,
    call: ([dict, key, value]) => {
      const entries = dictionary(dict);
      if (entries === undefined) throw new FunctionError('assignment to entry in nil map');
      entries.set(text(key), anything(value));
      return entries;
    },
  },
  {
    name: 'unset',
    parameters: [DICT, 'string'],
    result: DICT,
    call: ([dict, key]) => {
      const entries = dictionary(dict);
      entries?.delete(text(key));
      return entries ?? nilMap('interface {}');
    },
  },
  {
    name: 'hasKey',
    parameters: [DICT, 'string'],
    result: 'bool',
    call: ([dict, key]) => dictionary(dict)?.has(text(key)) ?? false,
  },
  {
    name: 'keys',
    parameters: [`...${DICT}`],
    result: '[]string',
    call: (dicts, context) => {
      const keys = dicts.flatMap((dict) => sortedKeys(dictionary(dict) ?? EMPTY));
      context.spend(keys.length * 8);
      return new GoSlice('string', keys);
    },
  },
  {
    name: 'values',
    parameters: [DICT],
    result: '[]interface {}',
    call: ([dict], context) => {
      const entries = dictionary(dict) ?? EMPTY;
      context.spend(entries.size * 8);
      return sortedKeys(entries).map((key) => anything(entries.get(key)));
    },
  },
  {
    name: 'pick',
    parameters: [DICT, '...string'],
    result: DICT,
    call: ([dict, ...keys]) => {
      const wanted = new Set(keys.map(text));
      return filtered(dictionary(dict) ?? EMPTY, (key) => wanted.has(key));
    },
  },
  {
    name: 'omit',
    parameters: [DICT, '...string'],
    result: DICT,
    call: ([dict, ...keys]) => {
      const unwanted = new Set(keys.map(text));
      return filtered(dictionary(dict) ?? EMPTY, (key) => !unwanted.has(key));
    },
  },
  {
    name: 'pluck',
    parameters: ['string', `...${DICT}`],
    result: '[]interface {}',
    call: ([key, ...dicts]) =>
      dicts
        .map((dict) => dictionary(dict) ?? EMPTY)
        .filter((entries) => entries.has(text(key)))
        .map((entries) => anything(entries.get(text(key)))),
  },
  ...merging(['merge', 'mustMerge'], { overwrite: false }),
  ...merging(['mergeOverwrite', 'mustMergeOverwrite'], { overwrite: true }),
  ...['deepCopy', 'mustDeepCopy'].map((name) => ({
    name,
    parameters: ['interface {}'],
    result: 'interface {}',
    call: (([value], context) => deepCopy(value, context)) satisfies TemplateFunction['call'],
  })),
  { name: 'dig', parameters: ['...interface {}'], result: 'interface {}', call: dig },
];

function merging(names: readonly string[], options: { readonly overwrite: boolean }): TemplateFunction[] {
  return names.map((name) => ({
    name,
    parameters: [DICT, `...${DICT}`],
    result: 'interface {}',
    call: ([target, ...sources], context) => {
      const merged = dictionary(target);
      const given = sources.map(dictionary).filter((source) => source !== undefined);
      if (merged === undefined && given.length === 0) return nilMap('interface {}');
      const into = merged ?? new Map<string, GoValue>();
      for (const source of given) mergeInto(into, source, { ...options, context });
      return into;
    },
  }));
}

function filtered(entries: ReadonlyMap<string, GoValue>, keeps: (key: string) => boolean): Map<string, GoValue> {
  const kept = new Map<string, GoValue>();
  for (const [key, value] of entries) if (keeps(key)) kept.set(key, value);
  return kept;
}

/** `dig "a" "b" default dict`: the value at a path, or the default where the path ends. */
function dig(args: readonly GoValue[]): GoValue {
  if (args.length < 3) throw new FunctionError('dig needs at least three arguments');
  let step = asserted(args.at(-1));
  const keys = args.slice(0, -2).map((key) => {
    if (typeof key === 'string') return key;
    throw new FunctionError(`interface conversion: interface {} is ${assertedName(key)}, not string`);
  });
  for (const [i, key] of keys.entries()) {
    if (!step.has(key)) return anything(args.at(-2));
    const value = anything(step.get(key));
    if (i === keys.length - 1) return value;
    step = asserted(value);
  }
  return null;
}

/** value.(map[string]interface{}) */
function asserted(value: GoValue): ReadonlyMap<string, GoValue> {
  if (value instanceof Map) return value;
  if (value instanceof GoMap && value.type === DICT) return value.entries;
  throw new FunctionError(`interface conversion: interface {} is ${assertedName(value)}, not ${DICT}`);
}

function assertedName(value: GoValue): string {
  return value === null || value === undefined ? 'nil' : typeName(value);
}
