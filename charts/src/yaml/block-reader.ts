/**
 * Reads the YAML that charts are mostly written in: block mappings and lists, a key or an item a line, scalars of any
 * kind but tagged ones. Lines are found by regular expressions, which are fast in a process that has just begun, and
 * long scalars are left to libyaml's own scanners. It never tells an error: what is not surely well-formed and plain
 * (anchors of collections, tags, flow collections over lines, unusual keys, ...) is given back for the whole parser.
 */
import type { BlockBuilder, BlockOptions } from './block-options.ts';
import {
  ANCHOR,
  BLOCK_START,
  blanks,
  endOfBlock,
  INDICATORS,
  isNothing,
  LINE_END,
  SIMPLE_QUOTED,
  simpleListItems,
} from './plain-lines.ts';
import { scanBlockScalar } from './scan-block.ts';
import { scanPlainScalar } from './scan-plain.ts';
import { scanQuotedScalar } from './scan-quoted.ts';
import type { Source } from './source.ts';

/** Thrown where the text is not plain enough. */
export const NOT_PLAIN = new Error('the text needs the whole parser');

/**
 * Blank lines and comments, and the line after them: its indentation, dash, key, and what follows. Repeats are bounded,
 * as each takes some of the expression's stack.
 */
const LINE =
  /(?: *(?:#[^\n]*)?\n){0,64}( *)(- +|-(?=\n))?(?:([A-Za-z0-9_$][\w./$-]*|"[^"\\\n]*"|'[^'\n]*'):(?: +|(?=\n)))?([^\n]*)\n/y;
/** libyaml allows 1024 characters; a longer key than this is none of a chart's. */
const MAX_KEY = 200;
const MAX_DEPTH = 200;
/** go-yaml takes this many without asking what they add up to. */
const MAX_ALIASES = 100;

export class BlockReader<V> {
  private readonly source: Source;
  private readonly text: string;
  private readonly end: number;
  private readonly options: BlockOptions<V>;
  private readonly maxDepth: number;
  private build: BlockBuilder<V>;
  private depth = 0;
  private readonly anchors = new Map<string, V>();
  private aliases = 0;
  /** Where the next line begins. */
  private pos: number;
  /** The line at hand; an indentation of -1 is the end. `dash` is how wide the dash and its blanks are. */
  private indent = -1;
  private dash = 0;
  private key: string | undefined;
  private rest = '';

  constructor(source: Source, options: BlockOptions<V>) {
    this.source = source;
    this.text = source.text;
    this.end = source.end;
    this.pos = source.text.startsWith('---\n') ? 4 : 0;
    this.options = options;
    this.maxDepth = Math.min(options.maxDepth, MAX_DEPTH);
    this.build = options.builder;
  }

  /** The value of a text that is one collection, or nothing. Throws NOT_PLAIN, or any error of a scanner. */
  read(): V {
    this.next();
    const value = this.root();
    if (this.indent !== -1) throw NOT_PLAIN;
    return value;
  }

  private next(): void {
    let at = this.pos;
    for (;;) {
      LINE.lastIndex = at;
      const line = LINE.exec(this.text);
      if (line === null) {
        if (at < this.end) throw NOT_PLAIN;
        this.indent = -1;
        this.dash = 0;
        this.key = undefined;
        return;
      }
      at = LINE.lastIndex;
      this.dash = line[2]?.length ?? 0;
      this.key = line[3];
      this.rest = line[4] ?? '';
      if (this.key !== undefined || this.dash > 0 || !isNothing(this.rest)) {
        this.indent = line[1]?.length ?? 0;
        this.pos = at;
        return;
      }
    }
  }

  private root(): V {
    if (this.indent === -1) return this.build.plain('');
    const first = this.key === undefined && this.dash === 0 ? this.rest.charCodeAt(0) : 0;
    return first === 91 || first === 123 ? this.flow() : this.collection();
  }

  private collection(): V {
    if (this.dash > 0) return this.sequence(this.indent);
    if (this.key === undefined) throw NOT_PLAIN;
    return this.mapping(this.indent);
  }

  /** The mapping whose first key is on the line at hand, in column `indent`. */
  private mapping(indent: number): V {
    this.depth += 1;
    if (this.depth > this.maxDepth) throw NOT_PLAIN;
    const { builder, checker = builder } = this.options;
    const wanted = this.depth === 1 ? this.options.wanted : undefined;
    const mapping = this.build.mapping();
    for (;;) {
      const text = this.key ?? '';
      if (text.length > MAX_KEY) throw NOT_PLAIN;
      const quoted = text.startsWith('"') || text.startsWith("'");
      const key = quoted ? this.build.text(text.slice(1, -1)) : this.build.plainKey(text);
      if (wanted !== undefined) this.build = wanted(text) ? builder : checker;
      const value = isNothing(this.rest) ? this.nested(indent, true) : this.scalar(indent);
      if (wanted !== undefined) this.build = builder;
      this.build.set(mapping, key, value, 0);
      if (this.indent < indent) break;
      if (this.indent > indent || this.dash > 0 || this.key === undefined) throw NOT_PLAIN;
    }
    this.depth -= 1;
    return mapping;
  }

  /** The list whose first dash is on the line at hand, in column `indent`. */
  private sequence(indent: number): V {
    this.depth += 1;
    if (this.depth > this.maxDepth) throw NOT_PLAIN;
    const sequence = this.build.sequence();
    do {
      let item: V;
      if (this.key !== undefined) item = this.mapping(indent + this.dash);
      else item = isNothing(this.rest) ? this.nested(indent, false) : this.scalar(indent);
      this.build.append(sequence, item);
    } while (this.indent === indent && this.dash > 0);
    if (this.indent > indent) throw NOT_PLAIN;
    this.depth -= 1;
    return sequence;
  }

  /** What stands below a key or a dash; a list may stand right below its key. */
  private nested(indent: number, belowKey: boolean): V {
    this.next();
    if (this.indent > indent) {
      return this.dash > 0 || this.key !== undefined ? this.collection() : this.scalar(indent);
    }
    if (belowKey && this.indent === indent && this.dash > 0) return this.sequence(indent);
    return this.build.plain('');
  }

  /** The scalar or flow collection that the line at hand ends with, within a collection in column `indent`. */
  private scalar(indent: number): V {
    const { rest } = this;
    switch (rest.charCodeAt(0)) {
      case 34: // "
      case 39: // '
        return this.quoted();
      case 124: // |
      case 62: // >
        return this.block(indent);
      case 91: // [
      case 123: // {
        return this.flow();
      case 45: // -
        if (rest.length === 1 || rest.charCodeAt(1) === 32) throw NOT_PLAIN;
        return this.plain(indent);
      case 38: // &
        return this.anchored(indent);
      case 42: // *
        return this.alias();
      default:
        if (INDICATORS.includes(rest.charAt(0))) throw NOT_PLAIN;
        return this.plain(indent);
    }
  }

  /** A scalar with an anchor, which must be among what is wanted. */
  private anchored(indent: number): V {
    const [before = '', name = ''] = ANCHOR.exec(this.rest) ?? [];
    if (name === '' || this.options.wanted !== undefined) throw NOT_PLAIN;
    this.rest = this.rest.slice(before.length);
    const value = this.scalar(indent);
    this.anchors.set(name, value);
    return value;
  }

  private alias(): V {
    const value = this.anchors.get(this.rest.slice(1));
    this.aliases += 1;
    if (value === undefined || this.aliases > MAX_ALIASES) throw NOT_PLAIN;
    this.next();
    return value;
  }

  private plain(indent: number): V {
    const { text, pos, build } = this;
    let { rest } = this;
    const comment = rest.indexOf(' #');
    if (comment >= 0) rest = rest.slice(0, comment);
    if (rest.includes('\t') || rest.includes(': ') || rest.endsWith(':')) throw NOT_PLAIN;
    if (comment < 0 && text.startsWith(blanks(indent + 1), pos)) return this.plainOverLines(indent);
    let end = rest.length;
    while (rest.charCodeAt(end - 1) === 32) end -= 1;
    this.next();
    return build.plain(end === rest.length ? rest : rest.slice(0, end));
  }

  private plainOverLines(indent: number): V {
    const { source } = this;
    this.seek();
    const { value, multiline } = scanPlainScalar(source, { indent: indent + 1, flow: false });
    // Where it does not end at the beginning of a line, it is a key or something wrong.
    if (!multiline) throw NOT_PLAIN;
    this.resume(source.lineStart);
    return this.build.plain(value);
  }

  private quoted(): V {
    const { rest, source } = this;
    if (SIMPLE_QUOTED.test(rest)) {
      this.next();
      return this.build.text(rest.slice(1, -1));
    }
    this.seek();
    const value = scanQuotedScalar(source);
    LINE_END.lastIndex = source.pos;
    if (!LINE_END.test(this.text)) throw NOT_PLAIN;
    this.resume(LINE_END.lastIndex);
    return this.build.text(value);
  }

  private block(indent: number): V {
    const { source, text } = this;
    const at = this.seek();
    if (this.build === this.options.checker) {
      BLOCK_START.lastIndex = at;
      const width = BLOCK_START.exec(text)?.[1]?.length ?? 0;
      if (width > indent) {
        this.resume(endOfBlock(text, this.pos, width));
        return this.build.text('');
      }
    }
    const value = scanBlockScalar(source, indent);
    // How such a scalar ends may depend on a line break that was not there.
    if (source.pos >= this.end && this.options.lineBreakAdded) throw NOT_PLAIN;
    this.resume(source.lineStart);
    return this.build.text(value);
  }

  private flow(): V {
    const { rest, build } = this;
    const { builder, flow, maxDepth } = this.options;
    const list = rest.charCodeAt(0) === 91;
    const depthLeft = maxDepth - this.depth;
    // A list or mapping may name something anew.
    if (depthLeft < 1 || (this.anchors.size > 0 && rest.includes('&'))) throw NOT_PLAIN;
    this.next();
    if (rest === '[]') return build.sequence();
    if (rest === '{}') return build.mapping();
    const items = simpleListItems(rest);
    if (items !== undefined) return this.simpleList(items);
    const value = flow(rest, depthLeft);
    if (value === undefined || !(list ? builder.isSequence(value) : builder.isMapping(value))) throw NOT_PLAIN;
    return value;
  }

  private simpleList(items: readonly string[]): V {
    const { build } = this;
    const sequence = build.sequence();
    for (const item of items) {
      const first = item.charCodeAt(0);
      build.append(sequence, first === 34 || first === 39 ? build.text(item.slice(1, -1)) : build.plain(item));
    }
    return sequence;
  }

  /** Takes the scanners to where the value of the line at hand begins. */
  private seek(): number {
    const { source } = this;
    source.pos = this.pos - 1 - this.rest.length;
    source.lineStart = this.text.lastIndexOf('\n', source.pos) + 1;
    return source.pos;
  }

  private resume(pos: number): void {
    this.pos = pos;
    this.next();
  }
}
