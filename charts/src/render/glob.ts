/**
 * Patterns of `.Files.Glob`, as github.com/gobwas/glob v0.2 reads them with `/` as separator: `*` and `?` stay within
 * a path element, `**` does not, `[abc]`, `[!a-z]`, `{a,b}`, `\` as escape. Matching keeps the set of positions that
 * a pattern can have reached, so that no pattern takes more than its length times the name's.
 */

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' | 'super' | 'single' }
  | { readonly kind: 'class'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'choice'; readonly of: readonly (readonly Node[])[] };

/** A matcher for a pattern. Undefined where the pattern is malformed. */
export function compileGlob(pattern: string): ((name: string) => boolean) | undefined {
  const reader = { characters: Array.from(pattern), at: 0 };
  const nodes: Node[] = [];
  while (reader.at < reader.characters.length) {
    const sequence = readSequence(reader, 0);
    if (sequence === undefined) return undefined;
    nodes.push(...sequence);
  }
  return (name) => {
    const characters = Array.from(name);
    return advance(nodes, characters, new Set([0])).has(characters.length);
  };
}

interface Reader {
  readonly characters: readonly string[];
  at: number;
}

/** Nodes up to the end, or within braces to a comma or the closing one. Undefined where malformed. */
function readSequence(reader: Reader, depth: number): Node[] | undefined {
  const nodes: Node[] = [];
  if (depth > 100) return undefined;
  for (;;) {
    const character = reader.characters[reader.at];
    if (character === undefined || (depth > 0 && (character === ',' || character === '}'))) return nodes;
    reader.at += 1;
    if (character === '*') {
      const twice = reader.characters[reader.at] === '*';
      if (twice) reader.at += 1;
      nodes.push({ kind: twice ? 'super' : 'any' });
    } else if (character === '?') nodes.push({ kind: 'single' });
    else if (character === '[') {
      const accepts = readClass(reader);
      if (accepts === undefined) return undefined;
      nodes.push({ kind: 'class', accepts });
    } else if (character === '{') {
      const of = readChoice(reader, depth + 1);
      if (of === undefined) return undefined;
      nodes.push({ kind: 'choice', of });
    } else {
      const literal = character === '\\' ? reader.characters[reader.at] : character;
      if (character === '\\') reader.at += 1;
      if (literal !== undefined) nodes.push({ kind: 'text', text: literal });
    }
  }
}

/** The alternatives of `{a,b}`; the end of the pattern closes them as well as a brace. */
function readChoice(reader: Reader, depth: number): Node[][] | undefined {
  const choices: Node[][] = [];
  for (;;) {
    const sequence = readSequence(reader, depth);
    if (sequence === undefined) return undefined;
    choices.push(sequence);
    const end = reader.characters[reader.at];
    if (end !== undefined) reader.at += 1;
    if (end !== ',') return choices;
  }
}

/** `[a-c]` or a list of characters, either with `!` in front; a range and a list can't be mixed. */
function readClass(reader: Reader): ((character: string) => boolean) | undefined {
  const { characters } = reader;
  const negated = characters[reader.at] === '!';
  if (negated) reader.at += 1;
  const low = characters[reader.at];
  const high = characters[reader.at + 2];
  if (low !== undefined && high !== undefined && characters[reader.at + 1] === '-') {
    if (characters[reader.at + 3] !== ']' || code(high) < code(low)) return undefined;
    reader.at += 4;
    return (character) => (code(low) <= code(character) && code(character) <= code(high)) !== negated;
  }
  const listed = new Set<string>();
  for (;;) {
    let character = characters[reader.at];
    reader.at += 1;
    if (character === ']') return listed.size === 0 ? undefined : (tested) => listed.has(tested) !== negated;
    if (character === '\\') {
      character = characters[reader.at];
      reader.at += 1;
    }
    if (character === undefined) return undefined;
    listed.add(character);
  }
}

function code(character: string): number {
  return character.codePointAt(0) ?? -1;
}

/** Where the nodes can end when they start at one of the positions. */
function advance(nodes: readonly Node[], name: readonly string[], from: ReadonlySet<number>): ReadonlySet<number> {
  let positions = from;
  for (const node of nodes) {
    if (positions.size === 0) return positions;
    positions = step(node, name, positions);
  }
  return positions;
}

function step(node: Node, name: readonly string[], from: ReadonlySet<number>): ReadonlySet<number> {
  const to = new Set<number>();
  if (node.kind === 'choice') {
    for (const sequence of node.of) for (const position of advance(sequence, name, from)) to.add(position);
    return to;
  }
  for (const position of from) {
    const character = name[position];
    if (node.kind === 'any' || node.kind === 'super') {
      for (let end = position; !to.has(end); end += 1) {
        to.add(end);
        if (end >= name.length || (node.kind === 'any' && name[end] === '/')) break;
      }
    } else if (character !== undefined && accepts(node, character)) to.add(position + 1);
  }
  return to;
}

function accepts(node: Exclude<Node, { kind: 'choice' | 'any' | 'super' }>, character: string): boolean {
  if (node.kind === 'text') return node.text === character;
  return node.kind === 'class' ? node.accepts(character) : character !== '/';
}
