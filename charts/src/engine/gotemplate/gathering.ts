/**
 * Lists of unknown length in the making, as one stack for all that are being made: a list is cut from it in its exact
 * size when it is done. An array that grows by push takes room for seventeen, and trees are made of short ones.
 */
export class Gathering<T> {
  private readonly items: T[] = [];
  private count = 0;

  /** Where a list begins; lists within it may begin and end before it is taken. */
  mark(): number {
    return this.count;
  }

  push(item: T): void {
    this.items[this.count++] = item;
  }

  /** The items since the mark, which are no longer in the stack. */
  take(mark: number): readonly T[] {
    const taken = this.items.slice(mark, this.count);
    this.count = mark;
    return taken;
  }
}
