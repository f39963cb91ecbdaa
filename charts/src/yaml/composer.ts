/**
 * Tokens to values in one pass: libyaml's parser grammar (what each `case` below takes from the queue, and in which
 * order, decides which error is reported), go-yaml's decoding into interfaces (aliases, merge keys, duplicate keys)
 * and sigs.k8s.io/yaml's way through JSON (keys become strings, numbers float64). go-yaml decodes after parsing a
 * whole document, so the first decoding error waits here until the document is known to be well-formed.
 */
import type { Builder } from './builder.ts';
import { YamlError } from './error.ts';
import { resolveTagged, type Scalar, TAG_PREFIX } from './resolve.ts';
import type { Scanner } from './scanner.ts';
import * as T from './token.ts';

/** What the frame on top expects next. */
const BLOCK_SEQUENCE = 0;
const INDENTLESS_SEQUENCE = 1;
const BLOCK_KEY = 2;
const BLOCK_VALUE = 3;
const FLOW_ITEM = 4;
const FLOW_KEY = 5;
const FLOW_VALUE = 6;
const FLOW_NO_VALUE = 7;
const PAIR_KEY = 8;
const PAIR_VALUE = 9;
const PAIR_END = 10;

interface Anchor<V> {
  value: V | undefined;
  /** Decoding steps that the value takes: what an alias to it costs. */
  cost: number;
  open: boolean;
}

/** A collection being read. */
interface Frame<V> {
  state: number;
  /** Nothing has been read from it yet. */
  first: boolean;
  readonly value: V;
  readonly mapping: boolean;
  /** In a mapping: the key whose value comes next. */
  key: V | undefined;
  keyed: boolean;
  /** The key was `<<`. */
  merging: boolean;
  readonly line: number;
  readonly anchor: Anchor<V> | undefined;
  readonly startCount: number;
}

interface Properties {
  anchor: string;
  tag: string;
  line: number;
}

export class Composer<V> {
  private readonly scanner: Scanner;
  private readonly build: Builder<V>;
  private readonly frames: Frame<V>[] = [];
  private readonly maxDepth: number;
  private anchors: Map<string, Anchor<V>> | undefined;
  private tagHandles: Map<string, string> = new Map();
  private root: V | undefined;
  private decodeCount = 0;
  private aliasCount = 0;
  private decodeError: Error | undefined;

  constructor(scanner: Scanner, build: Builder<V>, maxDepth: number) {
    this.scanner = scanner;
    this.build = build;
    this.maxDepth = maxDepth;
  }

  /** Reads the first document; undefined when there is none. Throws YamlError. */
  document(): V | undefined {
    const { scanner } = this;
    const first = scanner.peek();
    if (first.type === T.STREAM_END) return undefined;
    const explicit =
      first.type === T.VERSION_DIRECTIVE || first.type === T.TAG_DIRECTIVE || first.type === T.DOCUMENT_START;
    this.directives();
    this.decodeCount = 1;
    let empty = false;
    if (explicit) {
      const token = scanner.peek();
      if (token.type !== T.DOCUMENT_START) throw parserError('did not find expected <document start>', token);
      scanner.skip();
      const { type } = scanner.peek();
      empty = type <= T.DOCUMENT_END;
    }
    if (empty) this.deliverEmpty(first.line);
    else this.node(true, false);
    while (this.frames.length > 0) this.step(this.frames[this.frames.length - 1] as Frame<V>);
    scanner.peek();
    if (this.decodeError !== undefined) throw this.decodeError;
    return this.root;
  }

  private directives(): void {
    const { scanner } = this;
    let versions = 0;
    for (let token = scanner.peek(); ; token = scanner.peek()) {
      if (token.type === T.VERSION_DIRECTIVE) {
        if (versions++ > 0) throw parserError('found duplicate %YAML directive', token);
        if (token.value !== '1.1') throw parserError('found incompatible YAML document', token);
      } else if (token.type === T.TAG_DIRECTIVE) {
        if (this.tagHandles.has(token.value)) throw parserError('found duplicate %TAG directive', token);
        this.tagHandles.set(token.value, token.suffix);
      } else {
        break;
      }
      scanner.skip();
    }
    if (!this.tagHandles.has('!')) this.tagHandles.set('!', '!');
    if (!this.tagHandles.has('!!')) this.tagHandles.set('!!', TAG_PREFIX);
  }

  // ── grammar ────────────────────────────────────────────────────────────────────────────────────────────────────

  private step(frame: Frame<V>): void {
    const { scanner } = this;
    const token = scanner.peek();
    switch (frame.state) {
      case BLOCK_SEQUENCE:
        if (token.type === T.BLOCK_ENTRY) {
          scanner.skip();
          const { type } = scanner.peek();
          if (type === T.BLOCK_ENTRY || type === T.BLOCK_END) this.deliverEmpty(token.line);
          else this.node(true, false);
        } else if (token.type === T.BLOCK_END) {
          scanner.skip();
          this.close(frame);
        } else {
          throw parserError("did not find expected '-' indicator", token);
        }
        return;
      case INDENTLESS_SEQUENCE:
        if (token.type === T.BLOCK_ENTRY) {
          scanner.skip();
          const { type } = scanner.peek();
          if (type === T.BLOCK_ENTRY || type === T.KEY || type === T.VALUE || type === T.BLOCK_END) {
            this.deliverEmpty(token.line);
          } else {
            this.node(true, false);
          }
        } else {
          this.close(frame);
        }
        return;
      case BLOCK_KEY:
        if (token.type === T.KEY) {
          scanner.skip();
          frame.state = BLOCK_VALUE;
          this.blockNodeOrEmpty(token.line);
        } else if (token.type === T.BLOCK_END) {
          scanner.skip();
          this.close(frame);
        } else {
          throw parserError('did not find expected key', token);
        }
        return;
      case BLOCK_VALUE:
        frame.state = BLOCK_KEY;
        if (token.type === T.VALUE) {
          scanner.skip();
          this.blockNodeOrEmpty(token.line);
        } else {
          this.deliverEmpty(token.line);
        }
        return;
      case FLOW_ITEM:
        this.flowItem(frame, token);
        return;
      case FLOW_KEY:
        this.flowKey(frame, token);
        return;
      case FLOW_VALUE:
        frame.state = FLOW_KEY;
        this.flowValue(token, T.FLOW_MAPPING_END);
        return;
      case FLOW_NO_VALUE:
        frame.state = FLOW_KEY;
        this.deliverEmpty(token.line);
        return;
      case PAIR_KEY:
        frame.state = PAIR_VALUE;
        if (token.type === T.VALUE || token.type === T.FLOW_ENTRY || token.type === T.FLOW_SEQUENCE_END) {
          scanner.skip();
          this.deliverEmpty(token.line);
        } else {
          this.node(false, false);
        }
        return;
      case PAIR_VALUE:
        frame.state = PAIR_END;
        this.flowValue(token, T.FLOW_SEQUENCE_END);
        return;
      default:
        this.close(frame);
    }
  }

  private blockNodeOrEmpty(line: number): void {
    const { type } = this.scanner.peek();
    if (type === T.KEY || type === T.VALUE || type === T.BLOCK_END) this.deliverEmpty(line);
    else this.node(true, true);
  }

  private flowItem(frame: Frame<V>, head: T.Token): void {
    const { scanner } = this;
    let token = head;
    if (token.type !== T.FLOW_SEQUENCE_END) {
      if (!frame.first) {
        if (token.type !== T.FLOW_ENTRY) throw parserError("did not find expected ',' or ']'", token);
        scanner.skip();
        token = scanner.peek();
      }
      frame.first = false;
      if (token.type === T.KEY) {
        scanner.skip();
        this.open(PAIR_KEY, token.line, '');
        return;
      }
      if (token.type !== T.FLOW_SEQUENCE_END) {
        this.node(false, false);
        return;
      }
    }
    scanner.skip();
    this.close(frame);
  }

  private flowKey(frame: Frame<V>, head: T.Token): void {
    const { scanner } = this;
    let token = head;
    if (token.type !== T.FLOW_MAPPING_END) {
      if (!frame.first) {
        if (token.type !== T.FLOW_ENTRY) throw parserError("did not find expected ',' or '}'", token);
        scanner.skip();
        token = scanner.peek();
      }
      frame.first = false;
      if (token.type === T.KEY) {
        scanner.skip();
        token = scanner.peek();
        frame.state = FLOW_VALUE;
        if (token.type === T.VALUE || token.type === T.FLOW_ENTRY || token.type === T.FLOW_MAPPING_END) {
          this.deliverEmpty(token.line);
        } else {
          this.node(false, false);
        }
        return;
      }
      if (token.type !== T.FLOW_MAPPING_END) {
        frame.state = FLOW_NO_VALUE;
        this.node(false, false);
        return;
      }
    }
    scanner.skip();
    this.close(frame);
  }

  private flowValue(head: T.Token, end: T.TokenType): void {
    let token = head;
    if (token.type === T.VALUE) {
      this.scanner.skip();
      token = this.scanner.peek();
      if (token.type !== T.FLOW_ENTRY && token.type !== end) {
        this.node(false, false);
        return;
      }
    }
    this.deliverEmpty(token.line);
  }

  private node(block: boolean, indentless: boolean): void {
    const { scanner } = this;
    let token = scanner.peek();
    if (token.type === T.ALIAS) {
      this.alias(token);
      scanner.skip();
      return;
    }
    const { line } = token;
    let anchor = '';
    let tag = '';
    if (token.type === T.ANCHOR || token.type === T.TAG) {
      const properties = this.properties();
      anchor = properties.anchor;
      tag = properties.tag;
      token = scanner.peek();
    }
    switch (token.type) {
      case T.SCALAR: {
        scanner.skip();
        this.scalar(token, { anchor, tag, line });
        return;
      }
      case T.FLOW_SEQUENCE_START:
        scanner.skip();
        this.open(FLOW_ITEM, line, anchor);
        return;
      case T.FLOW_MAPPING_START:
        scanner.skip();
        this.open(FLOW_KEY, line, anchor);
        return;
      case T.BLOCK_ENTRY:
        if (!indentless) break;
        this.open(INDENTLESS_SEQUENCE, line, anchor);
        return;
      case T.BLOCK_SEQUENCE_START:
        if (!block) break;
        scanner.skip();
        this.open(BLOCK_SEQUENCE, line, anchor);
        return;
      case T.BLOCK_MAPPING_START:
        if (!block) break;
        scanner.skip();
        this.open(BLOCK_KEY, line, anchor);
        return;
    }
    if (anchor === '' && tag === '') throw parserError('did not find expected node content', token);
    if (tag === '') this.deliverScalar(this.empty(), anchor, line);
    else this.deliverScalar(this.tagged(tag, ''), anchor, line);
  }

  private properties(): Properties {
    const { scanner } = this;
    let anchor = '';
    let tag: T.Token | undefined;
    const { line } = scanner.peek();
    for (let i = 0; i < 2; i++) {
      const token = scanner.peek();
      if (token.type === T.ANCHOR && anchor === '') anchor = token.value;
      else if (token.type === T.TAG && tag === undefined) tag = token;
      else break;
      scanner.skip();
    }
    scanner.peek();
    if (tag === undefined) return { anchor, tag: '', line };
    if (tag.value === '') return { anchor, tag: tag.suffix, line };
    const prefix = this.tagHandles.get(tag.value);
    if (prefix === undefined) throw parserError('found undefined tag handle', tag);
    return { anchor, tag: prefix + tag.suffix, line };
  }

  // ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private scalar(token: T.Token, { anchor, tag, line }: Properties): void {
    const implicit = tag === '' ? token.plain : tag === '!';
    const top = this.top();
    if (token.value === '<<' && top !== undefined && this.atKey(top) && (implicit || tag === MERGE_TAG)) {
      if (anchor !== '') this.setAnchor(anchor, { value: this.build.text('<<'), cost: 1, open: false });
      top.keyed = true;
      top.merging = true;
      return;
    }
    let value: V;
    if (tag !== '') value = this.tagged(tag, token.value);
    else if (!token.plain) value = this.build.text(token.value);
    else value = this.atKey(top) ? this.build.plainKey(token.value) : this.build.plain(token.value);
    this.deliverScalar(value, anchor, line);
  }

  private tagged(tag: string, text: string): V {
    let scalar: Scalar;
    try {
      scalar = resolveTagged(tag, text);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      this.decodeError ??= error;
      return this.build.text('');
    }
    return this.atKey(this.top()) ? this.build.scalarKey(scalar) : this.build.scalar(scalar);
  }

  private empty(): V {
    return this.atKey(this.top()) ? this.build.scalarKey(undefined) : this.build.scalar(undefined);
  }

  private top(): Frame<V> | undefined {
    return this.frames[this.frames.length - 1];
  }

  private atKey(frame: Frame<V> | undefined): boolean {
    return frame?.mapping === true && !frame.keyed;
  }

  private deliverEmpty(line: number): void {
    this.deliverScalar(this.empty(), '', line);
  }

  private deliverScalar(value: V, anchor: string, line: number): void {
    this.count(1, 0);
    if (anchor !== '') this.setAnchor(anchor, { value, cost: 1, open: false });
    this.deliver(value, line, false);
  }

  private setAnchor(name: string, anchor: Anchor<V>): void {
    this.anchors ??= new Map();
    this.anchors.set(name, anchor);
  }

  private alias(token: T.Token): void {
    const anchor = this.anchors?.get(token.value);
    if (anchor === undefined)
      throw new YamlError(`yaml: unknown anchor '${token.value}' referenced`, token.line + 1, token.column + 1);
    this.count(1, 0);
    if (anchor.open || anchor.value === undefined) {
      this.decodeError ??= new YamlError(
        `yaml: anchor '${token.value}' value contains itself`,
        token.line + 1,
        token.column + 1,
      );
      this.deliver(this.empty(), token.line, true);
      return;
    }
    this.count(anchor.cost, anchor.cost);
    const value = this.atKey(this.top()) ? this.build.valueKey(anchor.value) : this.build.copy(anchor.value);
    this.deliver(value, token.line, true);
  }

  private open(state: number, line: number, anchorName: string): void {
    const mapping = state === BLOCK_KEY || state === FLOW_KEY || state === PAIR_KEY;
    if (this.frames.length >= this.maxDepth) {
      throw new YamlError(`yaml: line ${line + 1}: exceeded max depth of ${this.maxDepth}`, line + 1);
    }
    const startCount = this.decodeCount;
    this.count(1, 0);
    let anchor: Anchor<V> | undefined;
    if (anchorName !== '') {
      anchor = { value: undefined, cost: 0, open: true };
      this.setAnchor(anchorName, anchor);
    }
    const value = mapping ? this.build.mapping() : this.build.sequence();
    this.frames.push({
      state,
      first: true,
      value,
      mapping,
      key: undefined,
      keyed: false,
      merging: false,
      line,
      anchor,
      startCount,
    });
  }

  private close(frame: Frame<V>): void {
    this.frames.pop();
    if (frame.anchor !== undefined) {
      frame.anchor.value = frame.value;
      frame.anchor.cost = this.decodeCount - frame.startCount;
      frame.anchor.open = false;
    }
    this.deliver(frame.value, frame.line, false);
  }

  private deliver(value: V, line: number, aliased: boolean): void {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) {
      this.root = value;
      return;
    }
    if (!frame.mapping) {
      this.build.append(frame.value, value);
      return;
    }
    if (!frame.keyed) {
      frame.key = value;
      frame.keyed = true;
      if (this.build.isCollection(value)) this.decodeError ??= this.build.invalidKey(value);
      return;
    }
    frame.keyed = false;
    if (frame.merging) {
      frame.merging = false;
      this.merge(frame.value, value, { aliased, line });
      return;
    }
    this.build.set(frame.value, frame.key as V, value, line);
  }

  private merge(into: V, value: V, { aliased, line }: { aliased: boolean; line: number }): void {
    const { build } = this;
    // Of a list, the first map wins; a list must be written out, not aliased.
    const maps = build.isSequence(value) && !aliased ? [...build.items(value)].reverse() : [value];
    for (const map of maps) {
      if (build.isMapping(map)) build.merge(into, map, line);
      else this.decodeError ??= new YamlError(`yaml: ${WANT_MAP}`, line + 1);
    }
  }

  /** go-yaml's guard against alias bombs: the share of decoding that aliases may cause. */
  private count(steps: number, aliased: number): void {
    this.decodeCount += steps;
    this.aliasCount += aliased;
    if (
      this.aliasCount > 100 &&
      this.decodeCount > 1000 &&
      this.aliasCount / this.decodeCount > allowedRatio(this.decodeCount)
    ) {
      throw this.decodeError ?? new YamlError('yaml: document contains excessive aliasing');
    }
  }
}

const WANT_MAP = 'map merge requires map or sequence of maps as the value';
const MERGE_TAG = `${TAG_PREFIX}merge`;
const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

function allowedRatio(count: number): number {
  if (count <= RATIO_LOW) return 0.99;
  if (count >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((count - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}

/** An error of libyaml's parser: its line numbers are one less than the scanner's. */
function parserError(problem: string, token: T.Token): YamlError {
  const where = token.line === 0 ? '' : `line ${token.line}: `;
  return new YamlError(`yaml: ${where}${problem}`, token.line + 1, token.column + 1);
}
