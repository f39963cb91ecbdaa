/**
 * Seeded randomness: one independent stream for each name, so that what one controller draws does not change what
 * another gets. The generator is sfc32; its state is four numbers, which a snapshot carries along.
 */

export interface RandomStream {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
}

export type RandomState = Readonly<Record<string, readonly number[]>>;

export interface RandomStreams {
  stream(name: string): RandomStream;
  snapshot(): RandomState;
}

/** FNV-1a over UTF-16 units, spread by a last mix: only used to turn names into seeds. */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

interface Sfc32 extends RandomStream {
  state(): readonly number[];
}

function sfc32(state: readonly number[]): Sfc32 {
  let [a = 1, b = 2, c = 3, counter = 4] = state;
  function draw(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  return {
    next: () => draw() / 4294967296,
    below: (below) => Math.floor((draw() / 4294967296) * below),
    state: () => [a, b, c, counter],
  };
}

/**
 * @param seed any text; the same gives the same numbers
 * @param state from a snapshot, to go on where it was
 */
export function createRandomStreams(seed: string, state: RandomState = {}): RandomStreams {
  const streams = new Map<string, Sfc32>(Object.entries(state).map(([name, words]) => [name, sfc32(words)]));
  return {
    stream(name) {
      const known = streams.get(name);
      if (known !== undefined) return known;
      const text = `${seed}\u0000${name}`;
      const fresh = sfc32([hashText(text, 0x811c9dc5), hashText(text, 0x2f0b4c47), hashText(text, 0x6b8b4567), 1]);
      for (let round = 0; round < 12; round++) fresh.next();
      streams.set(name, fresh);
      return fresh;
    },
    snapshot: () => Object.fromEntries([...streams].map(([name, stream]) => [name, stream.state()])),
  };
}
