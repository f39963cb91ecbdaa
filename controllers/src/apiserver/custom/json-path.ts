/**
 * JSONPath as the printer columns of definitions use it (client-go's util/jsonpath, v1.34): fields, indices, slices,
 * wildcards, unions, descendants and filters that compare.
 */
import { isObject } from '../../apimachinery/json.ts';

type Step = (values: readonly unknown[]) => unknown[];

const parsed = new Map<string, readonly Step[] | undefined>();
const MAX_KEPT = 2000;

/** What a path such as `.status.conditions[?(@.type=="Ready")].status` finds; nothing for a path that can't be read. */
export function findJsonPath(path: string, object: unknown): readonly unknown[] {
  let steps = parsed.get(path);
  if (steps === undefined && !parsed.has(path)) {
    steps = new Parser(path).steps();
    if (parsed.size >= MAX_KEPT) parsed.clear();
    parsed.set(path, steps);
  }
  let values: readonly unknown[] = steps === undefined ? [] : [object];
  for (const step of steps ?? []) values = step(values);
  return values;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(path: string) {
    this.#text = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  }

  /** Undefined where the path can't be read. */
  steps(): readonly Step[] | undefined {
    const steps: Step[] = [];
    while (this.#at < this.#text.length) {
      const step = this.#step();
      if (step === undefined) return undefined;
      steps.push(step);
    }
    return steps;
  }

  #step(): Step | undefined {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith('..')) {
      this.#at += 1;
      return descendants;
    }
    const field = /^\.((?:\\.|[^.[\]\\])+)/.exec(rest);
    if (field !== null) {
      this.#at += field[0].length;
      const name = (field[1] ?? '').replace(/\\(.)/g, '$1');
      return name === '*' ? children : (values) => values.flatMap((value) => fieldOf(value, name));
    }
    if (!rest.startsWith('[')) return undefined;
    const end = closing(rest);
    if (end < 0) return undefined;
    this.#at += end + 1;
    return bracket(rest.slice(1, end).trim());
  }
}

/** Where the bracket at the beginning closes. */
function closing(text: string): number {
  let depth = 0;
  let quote = '';
  for (const [index, char] of [...text].entries()) {
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

function bracket(inner: string): Step | undefined {
  if (inner === '*') return children;
  const filter = /^\?\((.*)\)$/s.exec(inner);
  if (filter !== null) return filterStep(filter[1] ?? '');
  const names = [...inner.matchAll(/(?:^|,)\s*(?:'([^']*)'|"([^"]*)")/g)].map(([, a, b]) => a ?? b ?? '');
  if (names.length > 0) return (values) => values.flatMap((value) => names.flatMap((name) => fieldOf(value, name)));
  if (/^-?\d+(\s*,\s*-?\d+)+$/.test(inner)) {
    const indices = inner.split(',').map(Number);
    return (values) => values.flatMap((value) => indices.flatMap((index) => itemOf(value, index)));
  }
  if (/^-?\d+$/.test(inner)) return (values) => values.flatMap((value) => itemOf(value, Number(inner)));
  const slice = /^(-?\d*):(-?\d*)(?::(\d*))?$/.exec(inner);
  if (slice === null) return undefined;
  const [, from = '', to = '', by = ''] = slice;
  return (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return [];
      const part = value.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to));
      const step = by === '' ? 1 : Math.max(1, Number(by));
      return part.filter((_item, index) => index % step === 0);
    });
}

const COMPARISON = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s;

function filterStep(text: string): Step | undefined {
  const comparison = COMPARISON.exec(text.trim());
  const side = (part: string): ((item: unknown) => unknown) => {
    const trimmed = part.trim();
    const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(trimmed);
    if (quoted !== null) return () => quoted[1] ?? quoted[2] ?? '';
    if (trimmed.startsWith('@')) {
      const path = trimmed.slice(1);
      return (item) => findJsonPath(path, item)[0];
    }
    if (trimmed === 'true' || trimmed === 'false') return () => trimmed === 'true';
    return () => (trimmed === '' || Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed));
  };
  const [, first = text, operator = '', second = ''] = comparison ?? [];
  const left = side(first);
  const right = side(second);
  const holds = (item: unknown): boolean =>
    comparison === null ? left(item) !== undefined : compare(left(item), operator, right(item));
  return (values) => values.flatMap((value) => listOf(value).filter(holds));
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) return false;
  const order = left < (right as typeof left) ? -1 : left === right ? 0 : 1;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function fieldOf(value: unknown, name: string): unknown[] {
  return isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];
}

function itemOf(value: unknown, index: number): unknown[] {
  const item: unknown = Array.isArray(value) ? value.at(index) : undefined;
  return item === undefined ? [] : [item];
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.keys(value).map((key) => value[key]) : [];
}

const children: Step = (values) => values.flatMap(listOf);

const descendants: Step = (values) => {
  const out: unknown[] = [];
  const visit = (value: unknown): void => {
    out.push(value);
    for (const child of listOf(value)) visit(child);
  };
  for (const value of values) visit(value);
  return out;
};
