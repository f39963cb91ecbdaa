/** Runs work for one key one after the other, and for different keys side by side, within this process. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` when all that came before for `key` is done, however it ended; gives its result. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) {
        this.#tails.delete(key);
      }
    });
    return result;
  }
}
