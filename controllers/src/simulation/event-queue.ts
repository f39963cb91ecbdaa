/**
 * The queue of what happens later in a cluster: a binary heap ordered by time, then class, then the order of
 * scheduling, so that one seed gives one history.
 */
import type { Instant } from '../apimachinery/time.ts';

/** At one instant lower classes go first: first the containers' own life, then what looks at it. */
export type EventClass = 0 | 1 | 2 | 3;

export interface EventQueue {
  /** The time of the earliest event; undefined when nothing is planned. */
  nextTime(): Instant | undefined;
  /** Takes the earliest event at or before `now` out of the queue. */
  takeDue(now: Instant): (() => void) | undefined;
  /** Answers how to call it off, which may be called at any time. */
  schedule(at: Instant, eventClass: EventClass, run: () => void): () => void;
}

interface Entry {
  readonly at: Instant;
  readonly eventClass: EventClass;
  readonly sequence: number;
  run: (() => void) | undefined;
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.eventClass !== b.eventClass) return a.eventClass < b.eventClass;
  return a.sequence < b.sequence;
}

export function createEventQueue(): EventQueue {
  const heap: Entry[] = [];
  let sequence = 0;
  let cancelled = 0;

  const at = (index: number): Entry => heap[index] as Entry; // only called with an index inside the heap

  function siftUp(start: number): void {
    const entry = at(start);
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, at(parent))) break;
      heap[index] = at(parent);
      index = parent;
    }
    heap[index] = entry;
  }

  function siftDown(start: number): void {
    const entry = at(start);
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(at(child + 1), at(child))) child++;
      if (!isBefore(at(child), entry)) break;
      heap[index] = at(child);
      index = child;
    }
    heap[index] = entry;
  }

  function removeFirst(): Entry {
    const first = at(0);
    const last = heap.pop() as Entry; // the heap is not empty here
    if (heap.length > 0) {
      heap[0] = last;
      siftDown(0);
    }
    return first;
  }

  function dropCancelled(): void {
    while (heap.length > 0 && at(0).run === undefined) {
      removeFirst();
      cancelled--;
    }
  }

  /** Keeps the heap from filling with events that were called off. */
  function compact(): void {
    if (cancelled < 1024 || cancelled * 2 < heap.length) return;
    const live = heap.filter((entry) => entry.run !== undefined);
    live.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    heap.length = 0;
    heap.push(...live);
    cancelled = 0;
  }

  return {
    nextTime() {
      dropCancelled();
      return heap[0]?.at;
    },
    takeDue(now) {
      dropCancelled();
      const first = heap[0];
      if (first === undefined || first.at > now) return undefined;
      removeFirst();
      const { run } = first;
      first.run = undefined;
      return run;
    },
    schedule(time, eventClass, run) {
      const entry: Entry = { at: time, eventClass, sequence: sequence++, run };
      heap.push(entry);
      siftUp(heap.length - 1);
      return () => {
        if (entry.run === undefined) return;
        entry.run = undefined;
        cancelled++;
        compact();
      };
    },
  };
}
