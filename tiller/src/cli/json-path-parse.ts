/**
 * Reads JSONPath templates as kubectl and Helm do (k8s.io/client-go/util/jsonpath): text with `{...}` in it, where fields,
 * indexes, slices, unions, filters, `..`, `*`, quoted text, `range` and `end` may stand.
 */

export type PathNode =
  | { readonly type: 'text' | 'field' | 'identifier'; readonly value: string }
  | { readonly type: 'constant'; readonly value: number | boolean; readonly isInteger: boolean }
  | { readonly type: 'wildcard' | 'recursive' }
  | { readonly type: 'slice'; readonly start?: number; readonly end?: number; readonly step?: number }
  | { readonly type: 'union' | 'list'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'filter'; readonly left: PathNode; readonly operator: string; readonly right: PathNode };

const ENDS_WORD = /[ \t\r\n.,[\]$@{}]/;

/** The parts of a template, in order. Throws Error with upstream's text. */
export function parseJsonPath(template: string): PathNode[] {
  const nodes: PathNode[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    const text = template.slice(at, open < 0 ? template.length : open);
    if (text !== '') nodes.push({ type: 'text', value: text });
    if (open < 0) break;
    const action = readAction(template, open + 1);
    nodes.push({ type: 'list', nodes: action.nodes });
    at = action.end;
  }
  return nodes;
}

/** What is between `{` and `}`; `end` is behind it. */
function readAction(input: string, start: number): { readonly nodes: PathNode[]; readonly end: number } {
  const nodes: PathNode[] = [];
  let at = start;
  for (;;) {
    const character = input[at] ?? '';
    if (character === '}') return { nodes, end: at + 1 };
    if (character === '' || character === '\n' || character === '\r') throw new Error('unclosed action');
    if (input.startsWith('[?(', at)) at = readFilter(input, { at, nodes });
    else if (input.startsWith('..', at)) {
      if (nodes.at(-1)?.type === 'recursive') throw new Error('invalid multiple recursive descent');
      nodes.push({ type: 'recursive' });
      at += 2;
      if (/[\p{L}\p{Nd}_]/u.test(input[at] ?? '')) at = readField(input, { at, nodes });
    } else if (character === ' ' || character === '@' || character === '$') at += 1;
    else if (character === '[') at = readIndex(input, { at, nodes });
    else if (character === '"' || character === "'") at = readQuoted(input, { at, nodes });
    else if (character === '.') at = readField(input, { at: at + 1, nodes });
    else if (/[+\-\p{Nd}]/u.test(character)) at = readNumber(input, { at, nodes });
    else if (/[\p{L}_]/u.test(character)) at = readWord(input, { at, nodes });
    else {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      throw new Error(`unrecognized character in action: U+${code} '${character}'`);
    }
  }
}

interface Place {
  readonly at: number;
  readonly nodes: PathNode[];
}

/** The nodes of a part that stands for itself, within brackets. */
function parsePart(text: string): PathNode {
  const [node] = parseJsonPath(`{${text}}`);
  return node ?? { type: 'list', nodes: [] };
}

function readField(input: string, { at, nodes }: Place): number {
  let end = at;
  while (end < input.length && !ENDS_WORD.test(input[end] ?? '')) end += input[end] === '\\' ? 2 : 1;
  const name = input.slice(at, end);
  nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', value: name.replaceAll('\\', '') });
  return Math.min(end, input.length);
}

function readWord(input: string, { at, nodes }: Place): number {
  let end = at;
  while (end < input.length && !ENDS_WORD.test(input[end] ?? '')) end += 1;
  const value = input.slice(at, end);
  if (value === 'true' || value === 'false')
    nodes.push({ type: 'constant', value: value === 'true', isInteger: false });
  else nodes.push({ type: 'identifier', value });
  return end;
}

function readNumber(input: string, { at, nodes }: Place): number {
  const text = /^[+-]?[\d.]*/.exec(input.slice(at))?.[0] ?? '';
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) throw new Error(`cannot parse number ${text}`);
  nodes.push({ type: 'constant', value: Number(text), isInteger: !text.includes('.') });
  return at + text.length;
}

function readQuoted(input: string, { at, nodes }: Place): number {
  const quote = input[at] ?? '';
  let end = at + 1;
  for (; input[end] !== quote || input[end - 1] === '\\'; end += 1) {
    if (end >= input.length || input[end] === '\n') throw new Error('unterminated quoted string');
  }
  const inner = input.slice(at + 1, end);
  nodes.push({ type: 'text', value: unquote(inner, input.slice(at, end + 1)) });
  return end + 1;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...([
    ['n', '\n'],
    ['t', '\t'],
    ['r', '\r'],
    ['a', '\u0007'],
    ['b', '\b'],
    ['f', '\f'],
    ['v', '\v'],
  ] as const),
  ...(['\\', '"', "'"] as const).map((same) => [same, same] as const),
]);

function unquote(text: string, whole: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]?))/g, (_, unicode, hex, letter) => {
    const code: string | undefined = unicode ?? hex;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const plain = ESCAPES.get(String(letter));
    if (plain === undefined) throw new Error(`unquote string ${whole} error invalid syntax`);
    return plain;
  });
}

/** `[0]`, `[-1:]`, `[0,2]`, `['key']`, `[*]` */
function readIndex(input: string, { at, nodes }: Place): number {
  const end = input.indexOf(']', at);
  if (end < 0 || input.slice(at, end).includes('\n')) throw new Error('unterminated array');
  const text = input.slice(at + 1, end);
  const parts = text.split(',');
  const key = /^'([^']*)'$/.exec(text)?.[1];
  if (parts.length > 1) nodes.push({ type: 'union', nodes: parts.map((part) => parsePart(`[${part.trim()}]`)) });
  else if (key !== undefined) {
    const part = parsePart(`.${key}`);
    nodes.push(...(part.type === 'list' ? part.nodes : [part]));
  } else nodes.push(readSlice(text === '*' ? ':' : text));
  return end + 1;
}

function readSlice(text: string): PathNode {
  const [, start = '', end, step] = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(text) ?? [];
  if (!/^(-?\d*)(:-?\d*)?(:-?\d*)?$/.test(text)) throw new Error(`invalid array index ${text}`);
  const number = (part: string): number => {
    if (!/^-?\d+$/.test(part)) throw new Error(`array index ${part} is not a number`);
    return Number(part);
  };
  const first = start === '' ? undefined : number(start);
  // A lone index ends behind itself; the last one of a list, -1, at its end.
  const last = end === undefined ? (first ?? 0) + 1 || Number.POSITIVE_INFINITY : end === '' ? undefined : number(end);
  return {
    type: 'slice',
    ...(first === undefined ? {} : { start: first }),
    ...(last === undefined ? {} : { end: last }),
    ...(step === undefined || step === '' ? {} : { step: number(step) }),
  };
}

/** `[?(@.a == "b")]`, `[?(@.a)]` */
function readFilter(input: string, { at, nodes }: Place): number {
  const start = at + '[?('.length;
  let end = start;
  let quote = '';
  for (; quote !== '' || input[end] !== ')'; end += 1) {
    const character = input[end] ?? '';
    if (character === '' || character === '\n') throw new Error('unterminated filter');
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote && input[end - 1] !== '\\') quote = '';
  }
  if (input[end + 1] !== ']') throw new Error('unclosed array expect ]');
  const text = input.slice(start, end);
  const [, left = text, operator = 'exists', right = ''] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
  nodes.push({
    type: 'filter',
    left: parsePart(left),
    operator,
    right: operator === 'exists' ? { type: 'list', nodes: [] } : parsePart(right),
  });
  return end + 2;
}
