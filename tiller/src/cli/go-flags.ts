/**
 * Flags as Go programs read them, by a table: for the commands whose command lines must mean what they mean to Helm,
 * down to the errors. Follows github.com/spf13/pflag v1.0.10 and what cobra adds (groups that exclude each other).
 */
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { type FlagKind, readFlagValue } from './go-flag-values.ts';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  readonly help: string;
  /** The value of a flag that stands alone, e.g. `--wait` is `--wait=watcher`. */
  readonly bare?: string;
  /** What a flag that is given answers with, and why; it is not in the help. */
  readonly deprecated?: string;
  /** Further checks: what is wrong with a value, or undefined. */
  readonly check?: (value: string) => string | undefined;
}

/** Flags that were given, read by name. */
export interface GoFlags extends Flags {
  /** Whether the flag is on the command line. */
  has(name: string): boolean;
}

export interface ParsedFlags {
  readonly positionals: readonly string[];
  readonly flags: GoFlags;
  /** What to tell of flags that are deprecated. */
  readonly notices: readonly string[];
  readonly wantsHelp: boolean;
}

/** Reads a command line. Throws CliError with pflag's text. */
export function parseGoFlags(specs: readonly FlagSpec[], args: readonly string[]): ParsedFlags {
  const state: State = { specs: [...specs, HELP], rest: [...args], positionals: [], values: new Map(), notices: [] };
  for (let argument = state.rest.shift(); argument !== undefined; argument = state.rest.shift()) {
    if (argument === '--') state.positionals.push(...state.rest.splice(0));
    else if (argument.startsWith('--')) readLong(argument.slice(2), state);
    else if (argument.startsWith('-') && argument !== '-') readShort(argument.slice(1), state);
    else state.positionals.push(argument);
  }
  const { positionals, notices, values } = state;
  checkColor(values);
  return { positionals, notices, flags: flagsOf(values), wantsHelp: values.get('help')?.[0] === 'true' };
}

const COLORS = ['never', 'auto', 'always'];

/** Helm looks at these before anything else, and logs what is wrong with them. */
function checkColor(values: ReadonlyMap<string, readonly string[]>): void {
  const mode = values.get('color')?.[0] ?? values.get('colour')?.[0] ?? '';
  if (mode === '' || COLORS.includes(mode)) return;
  const message = `invalid color mode ${JSON.stringify(mode)}: must be one of: ${COLORS.join(', ')}`;
  throw new CliError(message, { isVerbatim: true, isLogged: true });
}

/** Throws CliError where two flags of a group are given. */
export function checkExclusive(flags: GoFlags, groups: readonly (readonly string[])[]): void {
  for (const group of groups) {
    const given = group.filter((name) => flags.has(name)).sort();
    if (given.length < 2) continue;
    throw verbatim(
      `if any flags in the group [${group.join(' ')}] are set none of the others can be; [${given.join(' ')}] were all set`,
    );
  }
}

/** The table of flags, as the help prints it. */
export function formatFlags(specs: readonly FlagSpec[]): string {
  const rows = [...specs, HELP]
    .filter(({ deprecated }) => deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((spec) => {
      const start = spec.short === undefined ? '      ' : `  -${spec.short}, `;
      const type = spec.kind === 'bool' ? '' : ` ${spec.kind}`;
      return { start: `${start}--${spec.name}${type}`, help: spec.help };
    });
  const width = Math.max(...rows.map(({ start }) => start.length));
  return rows.map(({ start, help }) => `${start.padEnd(width)}   ${help}\n`).join('');
}

/** An error whose text is printed as it is. */
export function verbatim(message: string, code = 'Invalid'): CliError {
  return new CliError(message, { code, isVerbatim: true });
}

const HELP: FlagSpec = { name: 'help', short: 'h', kind: 'bool', help: 'show this help' };

interface State {
  readonly specs: readonly FlagSpec[];
  readonly rest: string[];
  readonly positionals: string[];
  /** By flag: all values, read. */
  readonly values: Map<string, string[]>;
  readonly notices: string[];
}

function readLong(text: string, state: State): void {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === '' || name.startsWith('-')) throw verbatim(`bad flag syntax: --${text}`);
  const spec = state.specs.find((each) => each.name === name);
  if (spec === undefined) throw verbatim(`unknown flag: --${name}`);
  if (equals >= 0) set(spec, text.slice(equals + 1), state);
  else if (bareValue(spec) !== undefined) set(spec, bareValue(spec) ?? '', state);
  else {
    const next = state.rest.shift();
    if (next === undefined) throw verbatim(`flag needs an argument: --${name}`);
    set(spec, next, state);
  }
}

/** `-gs x`, `-sx`, `-s=x` */
function readShort(text: string, state: State): void {
  const letter = text[0] ?? '';
  const spec = state.specs.find(({ short }) => short === letter);
  if (spec === undefined) throw verbatim(`unknown shorthand flag: '${letter}' in -${text}`);
  const after = text.slice(1);
  const bare = bareValue(spec);
  if (after.startsWith('=') && after.length > 1) set(spec, after.slice(1), state);
  else if (bare !== undefined) {
    set(spec, bare, state);
    if (after !== '') readShort(after, state);
  } else {
    const value = after === '' ? state.rest.shift() : after;
    if (value === undefined) throw verbatim(`flag needs an argument: '${letter}' in -${text}`);
    set(spec, value, state);
  }
}

function bareValue(spec: FlagSpec): string | undefined {
  return spec.bare ?? (spec.kind === 'bool' ? 'true' : undefined);
}

function set(spec: FlagSpec, value: string, state: State): void {
  const read = readFlagValue(spec.kind, value);
  const problem = 'problem' in read ? read.problem : spec.check?.(value);
  if (problem !== undefined) {
    const name = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
    throw verbatim(`invalid argument ${JSON.stringify(value)} for "${name}" flag: ${problem}`);
  }
  const known = state.values.get(spec.name) ?? [];
  const isList = spec.kind === 'stringArray' || spec.kind === 'strings' || spec.kind === 'stringToString';
  const values = 'values' in read ? read.values : [];
  state.values.set(spec.name, isList ? [...known, ...values] : [...values]);
  const notice = `Flag --${spec.name} has been deprecated, ${spec.deprecated}`;
  if (spec.deprecated !== undefined) state.notices.push(notice);
}

/** Names may be given in kebab or camel case. */
function flagsOf(values: ReadonlyMap<string, readonly string[]>): GoFlags {
  const valuesOf = (name: string): readonly string[] | undefined =>
    values.get(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  return {
    has: (name) => valuesOf(name) !== undefined,
    text: (name) => valuesOf(name)?.[0],
    is: (name) => valuesOf(name)?.[0] === 'true',
    list: (name) => valuesOf(name) ?? [],
    number: (name) => {
      const value = valuesOf(name)?.[0];
      return value === undefined ? undefined : Number(value);
    },
  };
}
