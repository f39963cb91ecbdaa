/**
 * What is checked of literals after types: durations, timestamps and patterns that can be read, and lists and maps of one
 * type (the AST validators that Kubernetes' CEL environment turns on).
 */
import { type Call, childrenOf, type Expr } from './ast.ts';
import type { Checked } from './checker.ts';
import { type Clause, clauseProblem, missingArgument, readFormat, verbProblem } from './functions/format-text.ts';
import { callFunction } from './functions/library.ts';
import { compilePattern } from './pattern.ts';
import type { Issue } from './source.ts';
import { type CelType, DYN, formatType, isDyn, unwrapOptional } from './types.ts';
import { isError, type Value } from './values.ts';

export function validateLiterals({ expr, offsets, types }: Omit<Checked, 'issues'>): readonly Issue[] {
  const issues: Issue[] = [];
  const nodes = [...descendants(expr)];
  const mixed = new Set(nodes.filter(isFormatCall).flatMap((call) => [...descendants(call)]));
  const report = (id: number, message: string): void => {
    issues.push({ offset: offsets[id] ?? 0, message });
  };
  for (const [name, good] of CHECKS)
    for (const node of nodes) {
      if (node.kind !== 'call' || node.name !== name) continue;
      const [arg] = node.args;
      if (arg?.kind === 'literal' && !good(arg.value)) report(arg.id, `invalid ${name} argument`);
    }
  const typeOf = (node: Expr): CelType => types.get(node.id) ?? DYN;
  const plain = nodes.filter((node) => !mixed.has(node));
  for (const node of plain) if (node.kind === 'list') checkList(node, typeOf, report);
  for (const node of plain) if (node.kind === 'map') checkMap(node, typeOf, report);
  for (const node of nodes) if (isFormatCall(node)) checkFormat(node, typeOf, report);
  return issues;
}

type Report = (id: number, message: string) => void;

const CHECKS: readonly (readonly [string, (value: Value) => boolean])[] = [
  ['duration', (value) => !isError(callFunction('duration', [value]))],
  ['timestamp', (value) => !isError(callFunction('timestamp', [value]))],
  ['matches', (value) => typeof value !== 'string' || typeof compilePattern(value) !== 'string'],
];

/** Its list may mix types. */
function isFormatCall(node: Expr): node is Call {
  return node.kind === 'call' && node.name === 'format';
}

/** A literal text's verbs against the types of a literal list. */
function checkFormat({ id, target, args: [list] }: Call, typeOf: (expr: Expr) => CelType, report: Report): void {
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return;
  const problem = formatProblem(readFormat(target.value).clauses, list.elements, typeOf);
  if (problem !== undefined) report(problem.at?.id ?? id, problem.message);
}

function formatProblem(
  clauses: readonly Clause[],
  args: readonly Expr[],
  typeOf: (expr: Expr) => CelType,
): { readonly at?: Expr; readonly message: string } | undefined {
  for (const [index, clause] of clauses.entries()) {
    const arg = args[index];
    if (arg === undefined && clause.verb !== '') return { message: missingArgument(index) };
    const problem = clauseProblem(clause);
    if (problem !== undefined || arg === undefined) return { message: problem ?? '' };
    const bad = badArgument(clause.verb, arg, typeOf);
    if (bad !== undefined) return { at: bad, message: verbProblem(clause.verb, typeOf(bad).name) };
  }
  if (args.length <= clauses.length) return undefined;
  return {
    message: `too many arguments supplied to string.format (expected ${clauses.length}, got ${args.length})`,
  };
}

const VERB_KINDS: Readonly<Record<string, readonly string[]>> = {
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
};
const TEXT_KINDS = 'list map int uint double bool string timestamp bytes duration type null'.split(' ');

/** The argument, or the part of it, that a verb can't take. */
function badArgument(verb: string, arg: Expr, typeOf: (expr: Expr) => CelType): Expr | undefined {
  const { kind } = typeOf(arg);
  if (kind === 'dyn') return undefined;
  if (verb !== 's') return VERB_KINDS[verb]?.includes(kind) === true ? undefined : arg;
  if (!TEXT_KINDS.includes(kind)) return arg;
  if (arg.kind !== 'list' && arg.kind !== 'map') return undefined;
  return childrenOf(arg)
    .map((part) => badArgument(verb, part, typeOf))
    .find((part) => part !== undefined);
}

function* descendants(expr: Expr): Generator<Expr> {
  yield expr;
  for (const child of childrenOf(expr)) yield* descendants(child);
}

function checkList(
  { elements, optional }: Extract<Expr, { kind: 'list' }>,
  typeOf: (expr: Expr) => CelType,
  report: Report,
): void {
  let first: CelType | undefined;
  for (const [index, element] of elements.entries()) {
    const type = optional.has(index) ? (unwrapOptional(typeOf(element)) ?? DYN) : typeOf(element);
    if (first === undefined) first = type;
    else if (!isEquivalent(first, type)) {
      report(element.id, mismatch(first, type));
      return;
    }
  }
}

function checkMap({ entries }: Extract<Expr, { kind: 'map' }>, typeOf: (expr: Expr) => CelType, report: Report): void {
  let keys: CelType | undefined;
  let values: CelType | undefined;
  for (const { key, value, optional } of entries) {
    const keyType = typeOf(key);
    const type = optional ? (unwrapOptional(typeOf(value)) ?? DYN) : typeOf(value);
    if (keys === undefined || values === undefined) {
      keys = keyType;
      values = type;
      continue;
    }
    if (!isEquivalent(keys, keyType)) report(key.id, mismatch(keys, keyType));
    if (!isEquivalent(values, type)) report(value.id, mismatch(values, type));
  }
}

function mismatch(expected: CelType, found: CelType): string {
  return `expected type '${formatType(expected)}' but found '${formatType(found)}'`;
}

/** The same, where variables of types are all alike. */
function isEquivalent(a: CelType, b: CelType): boolean {
  if (isDyn(a) && isDyn(b)) return true;
  if (a.kind === 'param' && b.kind === 'param') return true;
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false;
  return a.params.every((param, index) => isEquivalent(param, b.params[index] ?? DYN));
}
