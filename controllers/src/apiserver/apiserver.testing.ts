/**
 * An API server for tests: a frozen store, a clock that only moves when it is told, and seeded chance.
 */

import type { MvccObjectStore } from '../store/mvcc.ts';
import { createMvccStore } from '../store/mvcc.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from './apiserver.ts';

export interface TestServer extends ApiServer {
  readonly store: MvccObjectStore;
  /** Moves the clock by so many milliseconds. */
  advance(duration: number): void;
}

export function createTestServer(options: Partial<ApiServerOptions> = {}): TestServer {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let seed = 1;
  const store = createMvccStore({ freeze: true });
  const next = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const random = { next, below: (below: number) => Math.floor(next() * below) };
  const server = createApiServer({ store, now: () => now, random, ...options });
  return {
    ...server,
    store,
    advance(duration) {
      now += duration;
    },
  };
}
