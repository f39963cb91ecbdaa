/**
 * A sorted map from string keys, with copy on write: the index under the versioned store, in the role of etcd's treeIndex
 * (a B-tree) and of bbolt's copied pages. A tree and its copy share all nodes; each copies a node the first time that it
 * writes into it, so that a copy is made in constant time whatever the size.
 *
 * Worked example: tree A holds nodes owned by token a. `A.copy()` gives both trees new tokens a2 and b. A write to A
 * finds the root owned by a, not a2, clones the path from the root to the leaf (about three nodes of at most 64
 * entries), and writes there; tree B still sees the old nodes.
 */
const MAX_ENTRIES = 64;
const MIN_ENTRIES = 16;

interface Owner {
  readonly tree: true;
}

interface Leaf<V> {
  owner: Owner;
  readonly keys: string[];
  readonly values: V[];
  readonly children: undefined;
}

interface Branch<V> {
  owner: Owner;
  /** The smallest key that each child may hold; the first is never looked at. */
  readonly keys: string[];
  readonly children: Node<V>[];
}

type Node<V> = Leaf<V> | Branch<V>;

export class OrderedTree<V> {
  #owner: Owner = { tree: true };
  #root: Node<V> = { owner: this.#owner, keys: [], values: [], children: undefined };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    let node = this.#root;
    while (node.children !== undefined) node = childAt(node, childIndex(node.keys, key));
    const index = lowerBound(node.keys, key);
    return node.keys[index] === key ? node.values[index] : undefined;
  }

  set(key: string, value: V): void {
    const root = this.#own(this.#root);
    this.#root = root;
    const split = this.#insert(root, key, value);
    if (split !== undefined) this.#root = { owner: this.#owner, keys: ['', split.key], children: [root, split.node] };
  }

  delete(key: string): boolean {
    if (this.get(key) === undefined) return false;
    const root = this.#own(this.#root);
    this.#root = root;
    this.#remove(root, key);
    if (root.children !== undefined && root.children.length === 1) this.#root = childAt(root, 0);
    this.#size -= 1;
    return true;
  }

  /** All values whose key starts with the prefix, in key order; from `after` on (exclusive) where it is given. */
  scan(prefix: string, after?: string): V[] {
    const out: V[] = [];
    const from = after !== undefined && after > prefix ? after : prefix;
    collect(this.#root, from, prefix, out, after);
    return out;
  }

  /** A tree of its own with the same content, in constant time. */
  copy(): OrderedTree<V> {
    const other = new OrderedTree<V>();
    other.#root = this.#root;
    other.#size = this.#size;
    this.#owner = { tree: true };
    return other;
  }

  #own(node: Node<V>): Node<V> {
    if (node.owner === this.#owner) return node;
    return node.children === undefined
      ? { owner: this.#owner, keys: node.keys.slice(), values: node.values.slice(), children: undefined }
      : { owner: this.#owner, keys: node.keys.slice(), children: node.children.slice() };
  }

  #insert(node: Node<V>, key: string, value: V): { readonly key: string; readonly node: Node<V> } | undefined {
    if (node.children === undefined) {
      const index = lowerBound(node.keys, key);
      if (node.keys[index] === key) {
        node.values[index] = value;
        return undefined;
      }
      node.keys.splice(index, 0, key);
      node.values.splice(index, 0, value);
      this.#size += 1;
    } else {
      const index = childIndex(node.keys, key);
      const child = this.#own(childAt(node, index));
      node.children[index] = child;
      const split = this.#insert(child, key, value);
      if (split === undefined) return undefined;
      node.keys.splice(index + 1, 0, split.key);
      node.children.splice(index + 1, 0, split.node);
    }
    return node.keys.length > MAX_ENTRIES ? this.#split(node) : undefined;
  }

  /** Cuts the upper part off. Appending at the end, as with growing names, leaves full nodes behind. */
  #split(node: Node<V>): { readonly key: string; readonly node: Node<V> } {
    const middle = node.keys.length >> 1;
    const keys = node.keys.splice(middle);
    const key = keys[0] ?? '';
    if (node.children === undefined) {
      return { key, node: { owner: this.#owner, keys, values: node.values.splice(middle), children: undefined } };
    }
    return { key, node: { owner: this.#owner, keys, children: node.children.splice(middle) } };
  }

  #remove(node: Node<V>, key: string): void {
    if (node.children === undefined) {
      const index = lowerBound(node.keys, key);
      node.keys.splice(index, 1);
      node.values.splice(index, 1);
      return;
    }
    const index = childIndex(node.keys, key);
    const child = this.#own(childAt(node, index));
    node.children[index] = child;
    this.#remove(child, key);
    if (child.keys.length < MIN_ENTRIES && node.children.length > 1) this.#merge(node, index);
  }

  /** Joins a small child with a neighbour, and splits the result again when it is too large. */
  #merge(parent: Branch<V>, index: number): void {
    const left = index > 0 ? index - 1 : index;
    const a = this.#own(childAt(parent, left));
    const b = childAt(parent, left + 1);
    parent.children[left] = a;
    const separator = parent.keys[left + 1] ?? '';
    if (a.children === undefined && b.children === undefined) {
      a.keys.push(...b.keys);
      a.values.push(...b.values);
    } else if (a.children !== undefined && b.children !== undefined) {
      a.keys.push(separator, ...b.keys.slice(1));
      a.children.push(...b.children);
    }
    parent.keys.splice(left + 1, 1);
    parent.children.splice(left + 1, 1);
    if (a.keys.length > MAX_ENTRIES) {
      const split = this.#split(a);
      parent.keys.splice(left + 1, 0, split.key);
      parent.children.splice(left + 1, 0, split.node);
    }
  }
}

function childAt<V>(node: Branch<V>, index: number): Node<V> {
  const child = node.children[index];
  if (child === undefined) throw new RangeError('the tree has no such child');
  return child;
}

/** The first index whose key is not below. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child that a key belongs to: the last whose smallest key is not above. */
function childIndex(keys: readonly string[], key: string): number {
  let low = 1;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Answers false when the scan has passed the prefix. */
function collect<V>(node: Node<V>, from: string, prefix: string, out: V[], after: string | undefined): boolean {
  if (node.children !== undefined) {
    for (let index = childIndex(node.keys, from); index < node.children.length; index += 1) {
      if (!collect(childAt(node, index), from, prefix, out, after)) return false;
    }
    return true;
  }
  for (let index = lowerBound(node.keys, from); index < node.keys.length; index += 1) {
    const key = node.keys[index] as string;
    if (!key.startsWith(prefix)) return false;
    if (key !== after) out.push(node.values[index] as V);
  }
  return true;
}
