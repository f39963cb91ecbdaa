/** Messages of the stream, and when it is opened anew. */
import { expect, test } from 'vitest';
import { parseServerEvent, retryDelay } from './events.ts';

test('a message is read when it is an event that the page knows', () => {
  expect(parseServerEvent('{"type":"ready"}')).toEqual({ type: 'ready' });
  for (const data of ['', 'null', '[]', '{"type":', '{"type":"other"}', '{"kind":"ready"}', '"ready"']) {
    expect(parseServerEvent(data)).toBeUndefined();
  }
});

test('each try to connect comes later than the one before, up to ten seconds', () => {
  expect([0, 1, 2, 3, 10, 100].map(retryDelay)).toEqual([500, 1000, 2000, 4000, 10_000, 10_000]);
});
