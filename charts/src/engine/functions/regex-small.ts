/**
 * A matcher for the small patterns that most charts make do with (`[^a-z\d]+$`, `-r\d+$|sha256:`) on short ASCII texts,
 * where loading re2js takes longer than all the rest. Leftmost-first as Go's regexp, and as there in linear time: no
 * state is tried twice at a character. What is not surely understood is left to re2js.
 */

/** Texts up to this many characters are matched here. */
export const SMALL_TEXT = 64;
const SMALL_PATTERN = 100;
const ASCII = 128;

type State =
  | { readonly kind: 'one'; readonly set: Uint8Array; next: State | undefined }
  | { readonly kind: 'fork'; readonly id: number; first: State | undefined; second: State | undefined }
  | { readonly kind: 'save'; readonly slot: number; next: State | undefined }
  | { readonly kind: 'start' | 'end'; next: State | undefined };

/** Makes the states of a part of a pattern, which go on to `next`: none is the match. */
type Part = { readonly isNullable: boolean; readonly build: (next: State | undefined) => State };

/** A compiled small pattern. */
export interface SmallPattern {
  readonly groups: number;
  readonly states: number;
  /**
   * The places of the first match from a position on, two for each group (-1: took no part), the whole match first.
   * The text is SMALL_TEXT at most, and ASCII.
   */
  find(text: string, position: number): readonly number[] | undefined;
}

/** True for a text that small patterns are for. */
export function isSmallText(text: string): boolean {
  if (text.length > SMALL_TEXT) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= ASCII) return false;
  return true;
}

/** Undefined for a pattern that is not small, or none at all. */
export function compileSmall(source: string): SmallPattern | undefined {
  if (source.length > SMALL_PATTERN) return undefined;
  const reader = new Reader(source);
  const part = reader.alternatives();
  if (part === undefined || reader.at < source.length) return undefined;
  const first = part.build(undefined);
  const { groups, states } = reader;
  return { groups, states, find: (text, position) => find(first, { text, position, groups, states }) };
}

class Reader {
  at = 0;
  groups = 0;
  states = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  alternatives(): Part | undefined {
    const first = this.sequence();
    if (first === undefined) return undefined;
    if (this.source[this.at] !== '|') return first;
    this.at++;
    const second = this.alternatives();
    if (second === undefined) return undefined;
    const id = this.states++;
    return {
      isNullable: first.isNullable || second.isNullable,
      build: (next) => ({ kind: 'fork', id, first: first.build(next), second: second.build(next) }),
    };
  }

  /** At least one item. */
  private sequence(): Part | undefined {
    const parts: Part[] = [];
    for (let char = this.source[this.at]; char !== undefined && char !== '|' && char !== ')'; ) {
      const part = this.item();
      if (part === undefined) return undefined;
      parts.push(part);
      char = this.source[this.at];
    }
    if (parts.length === 0) return undefined;
    return {
      isNullable: parts.every(({ isNullable }) => isNullable),
      // There is a part, and so a state.
      build: (next) => parts.reduceRight<State | undefined>((rest, part) => part.build(rest), next) as State,
    };
  }

  private item(): Part | undefined {
    const char = this.source[this.at];
    if (char === '^' || char === '$') {
      this.at++;
      if (/[*+?{]/.test(this.source[this.at] ?? '')) return undefined;
      const kind = char === '^' ? 'start' : 'end';
      return { isNullable: true, build: (next) => ({ kind, next }) };
    }
    const part = char === '(' ? this.group() : this.one();
    if (part === undefined) return undefined;
    const sign = this.source[this.at] ?? '';
    if (sign === '{') return undefined;
    if (sign !== '*' && sign !== '+' && sign !== '?') return part;
    this.at++;
    // Lazy forms and doubled signs; and what may match nothing over and over.
    if (/[*+?{]/.test(this.source[this.at] ?? '') || part.isNullable) return undefined;
    return repeat(part, sign, this.states++);
  }

  private group(): Part | undefined {
    this.at++;
    const index = ++this.groups;
    const inner = this.alternatives();
    if (inner === undefined || this.source[this.at] !== ')') return undefined;
    this.at++;
    return {
      isNullable: inner.isNullable,
      build: (next) => ({
        kind: 'save',
        slot: 2 * index,
        next: inner.build({ kind: 'save', slot: 2 * index + 1, next }),
      }),
    };
  }

  private one(): Part | undefined {
    const set = this.source[this.at] === '[' ? this.charClass() : this.single();
    if (set === undefined) return undefined;
    this.states++;
    return { isNullable: false, build: (next) => ({ kind: 'one', set, next }) };
  }

  /** A character, an escape or a dot, by itself or in a class. */
  private single(): Uint8Array | undefined {
    const [token] = /^(?:\\[dwDW!-/:-@[-`{-~]|[\w !"#%&',/:;<=>@`~.-])/.exec(this.source.slice(this.at)) ?? [];
    if (token === undefined) return undefined;
    this.at += token.length;
    if (token === '.') return inverse(setOf('\n'));
    if (token.length === 1) return setOf(token);
    const name = token.charAt(1);
    if (!/[dw]/i.test(name)) return setOf(name);
    const set = setOf(name === 'd' || name === 'D' ? DIGITS : WORD);
    return name < 'a' ? inverse(set) : set;
  }

  private charClass(): Uint8Array | undefined {
    const [token, negated, body = ''] =
      /^\[(\^?)(-?(?:\\[dw!-/:-@[-`{-~]|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[\w !"#$%&'()*+,./:;<=>?@`{|}~](?!-[^\]]))+-?)\]/.exec(
        this.source.slice(this.at),
      ) ?? [];
    if (token === undefined) return undefined;
    this.at += token.length;
    const set = new Uint8Array(ASCII);
    for (const [item] of body.matchAll(/\\.|[A-Za-z0-9]-[A-Za-z0-9]|./g)) {
      if (item.length === 3) {
        if (item.charAt(0) > item.charAt(2)) return undefined;
        for (let code = item.charCodeAt(0); code <= item.charCodeAt(2); code++) set[code] = 1;
      } else addAll(set, item === '\\d' ? DIGITS : item === '\\w' ? WORD : item.slice(-1));
    }
    return negated === '^' ? inverse(set) : set;
  }
}

const DIGITS = '0123456789';
const WORD = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;

function repeat(part: Part, sign: '*' | '+' | '?', id: number): Part {
  return {
    isNullable: sign !== '+',
    build: (next) => {
      const fork: State & { kind: 'fork' } = { kind: 'fork', id, first: undefined, second: next };
      fork.first = part.build(sign === '?' ? next : fork);
      return sign === '+' ? fork.first : fork;
    },
  };
}

function setOf(chars: string): Uint8Array {
  const set = new Uint8Array(ASCII);
  addAll(set, chars);
  return set;
}

function addAll(set: Uint8Array, chars: string): void {
  for (let i = 0; i < chars.length; i++) set[chars.charCodeAt(i)] = 1;
}

function inverse(set: Uint8Array): Uint8Array {
  return set.map((member) => 1 - member);
}

interface Search {
  readonly text: string;
  readonly position: number;
  readonly groups: number;
  readonly states: number;
}

function find(first: State, { text, position, groups, states }: Search): readonly number[] | undefined {
  const tried = new Uint8Array(states * (text.length + 1));
  const places: number[] = new Array(2 * groups + 2).fill(-1);
  for (let start = position; start <= text.length; start++) {
    const end = run(first, { at: start, text, tried, places });
    if (end === undefined) continue;
    places[0] = start;
    places[1] = end;
    return places;
  }
  return undefined;
}

interface Run {
  readonly at: number;
  readonly text: string;
  /** By state and place: what has been tried there has failed. */
  readonly tried: Uint8Array;
  readonly places: number[];
}

/** Where the match ends that begins in a state at a place. */
function run(from: State | undefined, { at, text, tried, places }: Run): number | undefined {
  let state = from;
  let place = at;
  while (state !== undefined) {
    switch (state.kind) {
      case 'one':
        if (place >= text.length || state.set[text.charCodeAt(place)] !== 1) return undefined;
        place++;
        state = state.next;
        break;
      case 'start':
        if (place !== 0) return undefined;
        state = state.next;
        break;
      case 'end':
        if (place !== text.length) return undefined;
        state = state.next;
        break;
      case 'save': {
        const before = places[state.slot] ?? -1;
        places[state.slot] = place;
        const end = run(state.next, { at: place, text, tried, places });
        if (end === undefined) places[state.slot] = before;
        return end;
      }
      case 'fork': {
        const index = state.id * (text.length + 1) + place;
        if (tried[index] === 1) return undefined;
        tried[index] = 1;
        const end = run(state.first, { at: place, text, tried, places });
        if (end !== undefined) return end;
        state = state.second;
        break;
      }
    }
  }
  return place;
}
