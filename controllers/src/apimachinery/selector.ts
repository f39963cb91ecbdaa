/**
 * Label selectors and field selectors: the texts of the API's query parameters, and meta/v1 LabelSelector objects
 * (apimachinery's labels and fields packages, v1.34). Compiled once a text.
 */
import { ApiError } from './status.ts';

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
}

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** The meta/v1 LabelSelector of a spec. */
export interface LabelSelectorSpec {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const CACHE_LIMIT = 5000;
const byText = new Map<string, LabelSelector>();
const bySpec = new WeakMap<object, LabelSelector>();

/** Matches everything. */
export const everything: LabelSelector = { requirements: [], matches: () => true };

/** Matches nothing: what an absent LabelSelector means. */
export const nothing: LabelSelector = { requirements: [], matches: () => false };

/** Reads the text of a `labelSelector` parameter; empty matches all. Throws BadRequest. */
export function parseLabelSelector(text: string): LabelSelector {
  const known = byText.get(text);
  if (known !== undefined) return known;
  const selector = compile(new SelectorParser(text).parse());
  if (byText.size >= CACHE_LIMIT) byText.clear();
  byText.set(text, selector);
  return selector;
}

/** Compiles a LabelSelector object: absent matches nothing, empty matches everything (LabelSelectorAsSelector). */
export function labelSelectorOf(spec: LabelSelectorSpec | null | undefined): LabelSelector {
  if (spec === undefined || spec === null) return nothing;
  const known = bySpec.get(spec);
  if (known !== undefined) return known;
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(spec.matchLabels ?? {})) {
    requirements.push({ key, operator: '=', values: [value] });
  }
  for (const { key, operator, values = [] } of spec.matchExpressions ?? []) {
    const kind = EXPRESSION_OPERATORS.get(operator);
    if (kind === undefined) throw new ApiError('BadRequest', `"${operator}" is not a valid label selector operator`);
    requirements.push({ key, operator: kind, values });
  }
  const selector = requirements.length === 0 ? everything : compile(requirements);
  if (Object.isFrozen(spec)) bySpec.set(spec, selector);
  return selector;
}

const EXPRESSION_OPERATORS = new Map<string, Operator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/** The text of a LabelSelector object, as `kubectl` and scale's status.selector show it (FormatLabelSelector). */
export function formatLabelSelector(spec: LabelSelectorSpec | null | undefined): string {
  return formatRequirements(labelSelectorOf(spec).requirements);
}

/** Requirements sorted by key, joined by commas (labels.Selector.String). */
export function formatRequirements(requirements: readonly Requirement[]): string {
  return [...requirements]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!') return `!${key}`;
      if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${[...values].sort().join(',')})`;
      return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${values[0] ?? ''}`;
    })
    .join(',');
}

/** Whether labels fulfil one requirement. */
function fulfils(labels: Readonly<Record<string, string>>, { key, operator, values }: Requirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default: {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
      const limit = Number(values[0]);
      return operator === 'gt' ? Number(value) > limit : Number(value) < limit;
    }
  }
}

const NO_LABELS: Readonly<Record<string, string>> = {};

function compile(requirements: readonly Requirement[]): LabelSelector {
  return {
    requirements,
    matches(labels) {
      for (const requirement of requirements) if (!fulfils(labels ?? NO_LABELS, requirement)) return false;
      return true;
    },
  };
}

class SelectorParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/\s+|==|!=|[=!<>(),]|[^\s=!<>(),]+/g)?.filter((token) => token.trim() !== '') ?? [];
  }

  parse(): Requirement[] {
    const out: Requirement[] = [];
    if (this.#tokens.length === 0) return out;
    for (;;) {
      out.push(this.#requirement());
      const token = this.#tokens[this.#at];
      if (token === undefined) return out;
      if (token !== ',') throw this.#error(`found '${token}', expected: ',' or 'end of string'`);
      this.#at += 1;
      const next = this.#tokens[this.#at];
      if (next === undefined) throw this.#error("found '', expected: identifier after ','");
    }
  }

  #requirement(): Requirement {
    const negated = this.#take('!');
    const key = this.#word();
    if (negated) return { key, operator: '!', values: [] };
    const token = this.#tokens[this.#at];
    if (token === undefined || token === ',') return { key, operator: 'exists', values: [] };
    this.#at += 1;
    if (token === '=' || token === '==' || token === '!=') return { key, operator: token, values: [this.#value()] };
    if (token === '>' || token === '<') {
      const value = this.#value();
      if (!/^[+-]?\d+$/.test(value)) {
        throw this.#error("values[0]: Invalid value: for 'Gt', 'Lt' operators, the value must be an integer");
      }
      return { key, operator: token === '>' ? 'gt' : 'lt', values: [value] };
    }
    if (token === 'in' || token === 'notin') return { key, operator: token, values: this.#set() };
    throw this.#error(`found '${token}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  #set(): string[] {
    if (!this.#take('(')) throw this.#error(`found '${this.#tokens[this.#at] ?? ''}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === ')' || token === ',') values.push('');
      else values.push(this.#word());
      if (this.#take(')')) return values;
      if (!this.#take(',')) throw this.#error(`found '${this.#tokens[this.#at] ?? ''}', expected: ',' or ')'`);
    }
  }

  #value(): string {
    const token = this.#tokens[this.#at];
    return token === undefined || token === ',' ? '' : this.#word();
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || /^[=!<>(),]/.test(token)) {
      throw this.#error(`found '${token ?? ''}', expected: identifier`);
    }
    this.#at += 1;
    return token;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #error(detail: string): ApiError {
    return new ApiError('BadRequest', `unable to parse requirement: ${detail}`);
  }
}

/** Reads the text of a `fieldSelector` parameter: `a=b,c!=d`, with `\,` `\=` `\\` escaped. Throws BadRequest. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const out: FieldRequirement[] = [];
  for (const term of splitUnescaped(text)) {
    if (term === '') continue;
    const match = /^((?:[^=!\\]|\\.)*?)(!=|==|=)(.*)$/s.exec(term);
    if (match === null) {
      throw new ApiError('BadRequest', `invalid selector: '${text}'; can't understand '${term}'`);
    }
    const [, field = '', operator = '', value = ''] = match;
    out.push({ field, operator: operator === '!=' ? '!=' : '=', value: value.replace(/\\([\\,=])/g, '$1') });
  }
  return out;
}

function splitUnescaped(text: string): string[] {
  const out: string[] = [];
  let term = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '\\') {
      term += char + text.charAt(i + 1);
      i += 1;
    } else if (char === ',') {
      out.push(term);
      term = '';
    } else term += char;
  }
  out.push(term);
  return out;
}
