/**
 * The history of a store: its changes in order of revision, in segments that forks share. Compaction forgets whole
 * segments, so that it costs nothing a write.
 */
import type { Change } from './object-store.ts';

const SEGMENT = 1024;

export class ChangeLog {
  /** The latest revision that is forgotten. */
  #compacted: number;
  #closed: (readonly Change[])[] = [];
  #open: Change[] = [];

  constructor(compacted: number) {
    this.#compacted = compacted;
  }

  get compacted(): number {
    return this.#compacted;
  }

  get length(): number {
    return this.#closed.reduce((sum, segment) => sum + segment.length, 0) + this.#open.length;
  }

  append(change: Change): void {
    this.#open.push(change);
    if (this.#open.length >= SEGMENT) this.#close();
  }

  /** All changes after a revision, oldest first. */
  *after(revision: number): Iterable<Change> {
    for (const segment of [...this.#closed, this.#open]) {
      const last = segment.at(-1);
      if (last === undefined || last.revision <= revision) continue;
      for (const change of segment) if (change.revision > revision) yield change;
    }
  }

  /** Forgets changes up to and with a revision. */
  compact(revision: number): void {
    if (revision <= this.#compacted) return;
    this.#compacted = revision;
    this.#closed = this.#closed.filter((segment) => (segment.at(-1)?.revision ?? 0) > revision);
  }

  copy(): ChangeLog {
    if (this.#open.length > 0) this.#close();
    const other = new ChangeLog(this.#compacted);
    other.#closed = this.#closed.slice();
    return other;
  }

  #close(): void {
    this.#closed.push(this.#open);
    this.#open = [];
  }
}
