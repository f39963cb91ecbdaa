/**
 * The text of an index as a list of chunks, so that a change costs one chunk and not the whole text. Items are lines: one
 * that opens a chart, then one for each of its versions, in order.
 *
 *   items   web | web 1.1.0 | web 1.0.0 | api …        sorted by (chart, opening first, newest version first)
 *   chunks  [ web, web 1.1.0 ] [ web 1.0.0, api ] …    up to 128 items; text, check sum and compressed text kept for each
 *
 * What stands between two items (a comma in JSON) belongs to the later one and depends on the kind of the earlier, so a
 * chunk remembers which kind it was made behind.
 */
import { createHash } from 'node:crypto';
import { type GzipPiece, gzipPiece } from './joined-gzip.ts';

export type ItemKind = 'chart' | 'version';

/** How an index is written. Every text ends where the next begins. */
export interface IndexFormat {
  /** `empty`: there will be no item. */
  head(empty: boolean): string;
  chart(name: string): string;
  /** What stands before an item, `end` for the tail. */
  between(before: ItemKind | 'start', after: ItemKind | 'end'): string;
  /** `generated`: milliseconds since the epoch. */
  tail(generated: number): string;
}

interface Item {
  readonly chart: string;
  readonly version: string;
  /** Sorts within the chart; the opening has the greatest. */
  readonly order: string;
  readonly kind: ItemKind;
  readonly text: Buffer;
}

interface Chunk {
  readonly items: Item[];
  piece: { readonly behind: ItemKind | 'start'; readonly made: GzipPiece } | undefined;
}

const maxItems = 128;
const openingOrder = '\uffff';
const hashSpace = 2n ** 128n;

export class IndexText {
  readonly #format: IndexFormat;
  readonly #chunks: Chunk[] = [];
  readonly #versionsOf = new Map<string, number>();
  #hash = 0n;
  #generated = 0;

  constructor(format: IndexFormat) {
    this.#format = format;
  }

  /** Changes with the set of items, and is the same for the same set, in every process. */
  get digest(): string {
    return this.#hash.toString(16).padStart(32, '0');
  }

  /** The latest time given to `set`, in milliseconds since the epoch. */
  get generated(): number {
    return this.#generated;
  }

  /** Adds the version's line, or replaces it. `order` sorts versions of a chart, the greatest first. */
  set(what: { chart: string; version: string; order: string; created: number }, text: string): void {
    const { chart, version, order, created } = what;
    this.#generated = Math.max(this.#generated, created);
    const item: Item = { chart, version, order, kind: 'version', text: Buffer.from(text) };
    if (this.#replace(item)) {
      return;
    }
    const versions = this.#versionsOf.get(chart) ?? 0;
    if (versions === 0) {
      const opening = Buffer.from(this.#format.chart(chart));
      this.#insert({ chart, version: '', order: openingOrder, kind: 'chart', text: opening });
    }
    this.#versionsOf.set(chart, versions + 1);
    this.#insert(item);
  }

  /** Removes the version's line; absent is no error. */
  delete(what: { readonly chart: string; readonly order: string }): void {
    if (!this.#remove(what)) {
      return;
    }
    const versions = (this.#versionsOf.get(what.chart) ?? 1) - 1;
    if (versions > 0) {
      this.#versionsOf.set(what.chart, versions);
    } else {
      this.#versionsOf.delete(what.chart);
      this.#remove({ chart: what.chart, order: openingOrder });
    }
  }

  /** The whole text, in pieces of which only changed ones are new. */
  pieces(): readonly GzipPiece[] {
    const format = this.#format;
    const pieces = [gzipPiece(Buffer.from(format.head(this.#chunks.length === 0)))];
    let behind: ItemKind | 'start' = 'start';
    for (const chunk of this.#chunks) {
      pieces.push(this.#pieceOf(chunk, behind));
      behind = chunk.items.at(-1)?.kind ?? behind;
    }
    pieces.push(gzipPiece(Buffer.from(format.between(behind, 'end') + format.tail(this.#generated))));
    return pieces;
  }

  #pieceOf(chunk: Chunk, behind: ItemKind | 'start'): GzipPiece {
    if (chunk.piece?.behind === behind) {
      return chunk.piece.made;
    }
    const buffers: Buffer[] = [];
    let before = behind;
    for (const item of chunk.items) {
      const between = this.#format.between(before, item.kind);
      if (between !== '') {
        buffers.push(Buffer.from(between));
      }
      buffers.push(item.text);
      before = item.kind;
    }
    const made = gzipPiece(Buffer.concat(buffers));
    chunk.piece = { behind, made };
    return made;
  }

  #replace(item: Item): boolean {
    const place = this.#find(item);
    const old = place.chunk?.items[place.index];
    if (place.chunk === undefined || old === undefined || compare(old, item) !== 0) {
      return false;
    }
    place.chunk.items[place.index] = item;
    place.chunk.piece = undefined;
    this.#count(item, 1n);
    this.#count(old, -1n);
    return true;
  }

  #insert(item: Item): void {
    const { chunk, index } = this.#find(item);
    this.#count(item, 1n);
    if (chunk === undefined) {
      this.#chunks.push({ items: [item], piece: undefined });
      return;
    }
    chunk.items.splice(index, 0, item);
    chunk.piece = undefined;
    if (chunk.items.length > maxItems) {
      const half = chunk.items.splice(chunk.items.length / 2);
      this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, { items: half, piece: undefined });
    }
  }

  #remove(what: { readonly chart: string; readonly order: string }): boolean {
    const { chunk, index } = this.#find(what);
    const item = chunk?.items[index];
    if (chunk === undefined || item === undefined || compare(item, what) !== 0) {
      return false;
    }
    this.#count(item, -1n);
    chunk.items.splice(index, 1);
    chunk.piece = undefined;
    if (chunk.items.length === 0) {
      this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
    }
    return true;
  }

  /** Where the item is, or would have to be put: in the last chunk that does not begin behind it. */
  #find(what: { readonly chart: string; readonly order: string }): { chunk: Chunk | undefined; index: number } {
    const chunks = this.#chunks;
    const at = firstIndex(chunks.length, (index) => {
      const first = chunks[index]?.items[0];
      return first !== undefined && compare(first, what) > 0;
    });
    const chunk = chunks[Math.max(0, at - 1)];
    if (chunk === undefined) {
      return { chunk, index: 0 };
    }
    const { items } = chunk;
    const index = firstIndex(items.length, (position) => {
      const item = items[position];
      return item !== undefined && compare(item, what) >= 0;
    });
    return { chunk, index };
  }

  /** Adds the item's hash to the sum of all, or takes it away. */
  #count(item: Item, sign: bigint): void {
    const hash = createHash('sha256').update(item.chart).update('\0').update(item.text).digest('hex').slice(0, 32);
    this.#hash = (this.#hash + sign * BigInt(`0x${hash}`) + hashSpace) % hashSpace;
  }
}

function compare(left: { chart: string; order: string }, right: { chart: string; order: string }): number {
  if (left.chart !== right.chart) {
    return left.chart < right.chart ? -1 : 1;
  }
  return left.order === right.order ? 0 : left.order > right.order ? -1 : 1;
}

/** The first of 0 … length - 1 for which `holds`, which stays true once it is; `length` when there is none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
