import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_BODY, readBody } from './body.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A request whose body comes as it is written. */
function sending(): { readonly body: PassThrough; readonly request: IncomingMessage } {
  const body = new PassThrough();
  // Only its stream is looked at.
  return { body, request: body as unknown as IncomingMessage };
}

describe('a body', () => {
  it('is read in pieces', async () => {
    const { body, request } = sending();
    body.write('{"a":');
    body.end('1}');
    expect((await readBody(request)).toString()).toBe('{"a":1}');
  });

  it('that does not come to its end is given up after a minute', async () => {
    vi.useFakeTimers();
    const { body, request } = sending();
    const reading = readBody(request).catch((error: unknown) => error);
    body.write('{');
    await vi.advanceTimersByTimeAsync(59_000);
    body.write('"a"');
    await vi.advanceTimersByTimeAsync(1001);
    expect(await reading).toMatchObject({ reason: 'Timeout', code: 504 });
  });

  it('of more than 3 MiB is refused', async () => {
    const { body, request } = sending();
    const reading = readBody(request).catch((error: unknown) => error);
    body.write(Buffer.alloc(MAX_BODY));
    body.end('x');
    expect(await reading).toMatchObject({ reason: 'RequestEntityTooLarge', code: 413 });
  });
});
