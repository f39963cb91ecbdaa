/**
 * Nodes to values in one pass: go-yaml's decoding into interfaces (anchors, aliases, merge keys, tags) and
 * sigs.k8s.io/yaml's way through JSON (keys become strings, numbers float64: the builder's part). go-yaml decodes
 * after parsing a whole document, so the first decoding error waits here until the document is known to be
 * well-formed.
 */
import type { Builder } from './builder.ts';
import { YamlError } from './error.ts';
import type { NodeHandler } from './parser.ts';
import type { Properties } from './properties.ts';
import { resolveTagged, type Scalar, TAG_PREFIX } from './resolve.ts';
import type { Token } from './token.ts';

interface Anchor<V> {
  value: V | undefined;
  /** Decoding steps that the value takes: what an alias to it costs. */
  cost: number;
  /** UTF-16 units of its scalars: what they take once the value is written out. */
  length: number;
  /** The collection is still being read. */
  open: boolean;
}

/** A collection being read. */
interface Frame<V> {
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
  readonly startLength: number;
}

const MERGE_TAG = `${TAG_PREFIX}merge`;
const WANT_MAP = 'map merge requires map or sequence of maps as the value';

export class Composer<V> implements NodeHandler {
  private readonly build: Builder<V>;
  private readonly maxDepth: number;
  private readonly frames: Frame<V>[] = [];
  private anchors: Map<string, Anchor<V>> | undefined;
  private root: V | undefined;
  /** The document itself is the first step. */
  private decodeCount = 1;
  private aliasCount = 0;
  /** UTF-16 units of all scalars so far, those that aliases repeat included. */
  private length = 0;
  private aliasLength = 0;
  private decodeError: Error | undefined;

  constructor(build: Builder<V>, maxDepth: number) {
    this.build = build;
    this.maxDepth = maxDepth;
  }

  /** The value of the document that was read. Throws the error that waited. */
  result(): V | undefined {
    if (this.decodeError !== undefined) throw this.decodeError;
    return this.root;
  }

  scalar(token: Token, { anchor, tag, line }: Properties): void {
    const frame = this.top();
    const atKey = frame?.mapping === true && !frame.keyed;
    if (atKey && token.value === '<<' && (tag === '' ? token.plain : tag === '!' || tag === MERGE_TAG)) {
      if (anchor !== '') this.setAnchor(anchor, { value: this.build.text('<<'), cost: 1, length: 2, open: false });
      frame.keyed = true;
      frame.merging = true;
      return;
    }
    let value: V;
    if (frame?.merging === true) value = this.build.text(token.value);
    else if (tag !== '') value = this.tagged(tag, token.value);
    else if (!token.plain) value = this.build.text(token.value);
    else value = atKey ? this.build.plainKey(token.value) : this.build.plain(token.value);
    this.deliverScalar(value, { anchor, line, length: token.value.length });
  }

  empty({ anchor, tag, line }: Properties): void {
    const value = tag === '' || this.top()?.merging === true ? this.null() : this.tagged(tag, '');
    this.deliverScalar(value, { anchor, line, length: 0 });
  }

  alias(token: Token): void {
    const { value: name, line, column } = token;
    const anchor = this.anchors?.get(name);
    if (anchor === undefined) throw new YamlError(`yaml: unknown anchor '${name}' referenced`, line + 1, column + 1);
    this.count(1, 0);
    if (anchor.open || anchor.value === undefined) {
      this.decodeError ??= new YamlError(`yaml: anchor '${name}' value contains itself`, line + 1, column + 1);
      this.deliver(this.null(), line, true);
      return;
    }
    this.count(anchor.cost, anchor.cost);
    this.repeat(anchor.length);
    const value = this.atKey() ? this.build.valueKey(anchor.value) : this.build.copy(anchor.value);
    this.deliver(value, line, true);
  }

  open(mapping: boolean, { anchor: name, line }: Properties): void {
    if (this.frames.length >= this.maxDepth) {
      throw new YamlError(`yaml: line ${line + 1}: exceeded max depth of ${this.maxDepth}`, line + 1);
    }
    const { decodeCount: startCount, length: startLength } = this;
    this.count(1, 0);
    let anchor: Anchor<V> | undefined;
    if (name !== '') {
      anchor = { value: undefined, cost: 0, length: 0, open: true };
      this.setAnchor(name, anchor);
    }
    const value = mapping ? this.build.mapping() : this.build.sequence();
    const state = { key: undefined, keyed: false, merging: false };
    this.frames.push({ value, mapping, ...state, line, anchor, startCount, startLength });
  }

  close(): void {
    const frame = this.frames.pop();
    if (frame === undefined) return;
    if (frame.anchor !== undefined) {
      frame.anchor.value = frame.value;
      frame.anchor.cost = this.decodeCount - frame.startCount;
      frame.anchor.length = this.length - frame.startLength;
      frame.anchor.open = false;
    }
    this.deliver(frame.value, frame.line, false);
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
    return this.atKey() ? this.build.scalarKey(scalar) : this.build.scalar(scalar);
  }

  private null(): V {
    return this.atKey() ? this.build.scalarKey(undefined) : this.build.scalar(undefined);
  }

  private top(): Frame<V> | undefined {
    return this.frames[this.frames.length - 1];
  }

  /** The next node is a key. */
  private atKey(): boolean {
    const frame = this.top();
    return frame?.mapping === true && !frame.keyed;
  }

  private setAnchor(name: string, anchor: Anchor<V>): void {
    this.anchors ??= new Map();
    this.anchors.set(name, anchor);
  }

  private deliverScalar(
    value: V,
    { anchor, line, length }: { readonly anchor: string; readonly line: number; readonly length: number },
  ): void {
    this.count(1, 0);
    this.length += length;
    if (anchor !== '') this.setAnchor(anchor, { value, cost: 1, length, open: false });
    this.deliver(value, line, false);
  }

  private deliver(value: V, line: number, aliased: boolean): void {
    const frame = this.top();
    if (frame === undefined) {
      this.root = value;
    } else if (!frame.mapping) {
      this.build.append(frame.value, value);
    } else if (!frame.keyed) {
      frame.key = value;
      frame.keyed = true;
      if (this.build.isCollection(value)) this.decodeError ??= this.build.invalidKey(value);
    } else {
      frame.keyed = false;
      if (frame.merging) {
        frame.merging = false;
        this.merge(frame.value, value, { aliased, line });
      } else {
        this.build.set(frame.value, frame.key as V, value, line);
      }
    }
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

  /** go-yaml's guard against alias bombs: the share of the decoding steps that aliases may cause. */
  private count(steps: number, aliased: number): void {
    this.decodeCount += steps;
    this.aliasCount += aliased;
    if (this.aliasCount <= 100 || this.decodeCount <= 1000) return;
    if (this.aliasCount / this.decodeCount > allowedRatio(this.decodeCount)) {
      throw this.decodeError ?? new YamlError('yaml: document contains excessive aliasing');
    }
  }

  /** Our own guard beside it: go-yaml counts a repeated text of megabytes as one step, but all that writes it takes them. */
  private repeat(length: number): void {
    this.length += length;
    this.aliasLength += length;
    if (this.aliasLength > MAX_ALIAS_LENGTH) {
      throw this.decodeError ?? new YamlError('yaml: document contains excessive aliasing');
    }
  }
}

/** UTF-16 units of text that aliases may repeat: 64 Mi, as much as a text may have. */
const MAX_ALIAS_LENGTH = 64 * 1024 * 1024;

const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

function allowedRatio(count: number): number {
  if (count <= RATIO_LOW) return 0.99;
  if (count >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((count - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}
