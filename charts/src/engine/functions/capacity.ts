/**
 * The capacity of Go's slices, which `slice` can reach into: `slice (append (list 1 2 3) 4) 0 6` has two nils at its
 * end. Only what a list was made by is noted, and only where it is not the usual; capacities are computed when asked
 * for. Follows growslice and the size classes of Go 1.26's runtime.
 */
import { elementType, sliceItems, zeroValue } from '../gotemplate/go-types.ts';
import { GoSlice, type GoValue } from '../gotemplate/go-value.ts';

/** How a list came to be. */
type Origin =
  /** Made as long as it is. */
  | { readonly kind: 'exact' }
  /** Has this capacity. */
  | { readonly kind: 'known'; readonly capacity: number }
  /** Was made empty with this capacity, and grew item by item. */
  | { readonly kind: 'grown'; readonly from: number }
  /** Is a part of another list, from an offset. */
  | { readonly kind: 'part'; readonly whole: object & GoValue; readonly offset: number };

const EXACT: Origin = { kind: 'exact' };
const origins = new WeakMap<object, Origin>();

/** Notes that a list was made as long as it is, which is not so for lists of values: those grow item by item. */
export function madeExact<T extends object>(list: T): T {
  origins.set(list, EXACT);
  return list;
}

/** Notes that a list of `before` items (with that capacity) grew by append to what it is. */
export function grownFrom<T extends GoValue[]>(before: number, list: T): T {
  origins.set(list, { kind: 'known', capacity: grow(before, list.length, 16) });
  return list;
}

/** Notes that a list is made empty with a capacity, whatever is then appended to it one by one. */
export function madeWithRoom<T extends object>(capacity: number, list: T): T {
  origins.set(list, { kind: 'grown', from: capacity });
  return list;
}

/** Notes that a list is a part of another. */
export function partOf<T extends object>(whole: object & GoValue, offset: number, list: T): T {
  const origin = origins.get(whole);
  // No chains: what is a part of a part is one of the whole.
  if (origin?.kind === 'part') origins.set(list, { ...origin, offset: origin.offset + offset });
  else origins.set(list, { kind: 'part', whole, offset });
  return list;
}

/** Notes that a copy was made with the capacity of the original. */
export function copiedFrom<T extends object>(original: object, copy: T): T {
  const origin = origins.get(original);
  if (origin?.kind === 'part') origins.set(copy, { kind: 'known', capacity: capacityOfPart(origin) });
  else if (origin !== undefined) origins.set(copy, origin);
  return copy;
}

/** Items up to the capacity of a list: its own, those of the list that it is a part of, and zero values. */
export function itemsToCapacity(list: object & GoValue): readonly GoValue[] {
  const items = sliceItems(list) ?? [];
  const origin = origins.get(list);
  if (origin?.kind === 'part') return itemsToCapacity(origin.whole).slice(origin.offset);
  const zero = zeroValue(elementType(list));
  const spare = capacityOf(list, items.length, origin) - items.length;
  return spare > 0 ? [...items, ...new Array<GoValue>(spare).fill(zero)] : items;
}

function capacityOf(list: object & GoValue, length: number, origin: Origin | undefined): number {
  if (origin?.kind === 'known') return origin.capacity;
  if (origin?.kind === 'exact') return length;
  // Lists of texts are made as long as they are; others by appending.
  if (origin === undefined && list instanceof GoSlice && list.elem !== 'int') return length;
  if (list instanceof Uint8Array) return length;
  const width = list instanceof GoSlice ? 8 : 16;
  let capacity = origin?.kind === 'grown' ? origin.from : 0;
  while (capacity < length) capacity = grow(capacity, capacity + 1, width);
  return capacity;
}

function capacityOfPart({ whole, offset }: Extract<Origin, { kind: 'part' }>): number {
  return capacityOf(whole, sliceItems(whole)?.length ?? 0, origins.get(whole)) - offset;
}

const THRESHOLD = 256;

/** The capacity after appending to a full slice; `width` is bytes an item. */
function grow(capacity: number, length: number, width: number): number {
  if (length <= capacity) return capacity;
  let next = length;
  if (length <= 2 * capacity) {
    next = 2 * capacity;
    if (capacity >= THRESHOLD) {
      next = capacity;
      while (next < length) next += (next + 3 * THRESHOLD) >> 2;
    }
  }
  return Math.floor(roundUp(next * width) / width);
}

function roundUp(bytes: number): number {
  return sizeClasses.find((size) => size >= bytes) ?? Math.ceil(bytes / 8192) * 8192;
}

const sizeClasses: readonly number[] = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
  5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480,
  21760, 24576, 27264, 28672, 32768,
];
