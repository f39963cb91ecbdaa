/**
 * Lists and maps that folds make: they grow in place as long as the fold runs.
 */

import { showKey } from './qualifiers.ts';
import { CelError, CelList, EntryMap, type Value } from './values.ts';

export class GrowingList extends CelList {
  readonly #items: Value[];

  constructor() {
    const items: Value[] = [];
    super(items);
    this.#items = items;
  }

  append(items: readonly Value[]): this {
    for (const item of items) this.#items.push(item);
    return this;
  }
}

export class GrowingMap extends EntryMap {
  constructor() {
    super([]);
  }

  insert(key: Value, value: Value): this | CelError {
    if (this.find(key) !== undefined) return new CelError(`insert failed: key ${showKey(key)} already exists`);
    this.set(key, value);
    return this;
  }
}
