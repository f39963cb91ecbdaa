/** The suite that every storage backend passes: each sentence of the port's interface, shown. */
import { describe, expect, test } from 'vitest';
import { isRegistryError, type RegistryErrorCode } from '../errors.ts';
import type { BlobInfo, StorageBackend } from './storage-backend.ts';

/** `open` gives a backend with nothing in it; the suite opens one for each test. */
export function describeStorageBackend(name: string, open: () => Promise<StorageBackend>): void {
  describe(`${name} as a StorageBackend`, () => {
    test('gives back the bytes that were put, with key, size, etag and time', async () => {
      const storage = await open();
      const body = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
      const before = Date.now();
      const put = await storage.put('a/b/c.bin', body);
      const got = await storage.get('a/b/c.bin');
      expect(Buffer.from(got.body).equals(body)).toBe(true);
      expect(got).toMatchObject({ key: 'a/b/c.bin', size: 70_000, etag: put.etag });
      expect(Math.abs(got.modified - before)).toBeLessThan(60_000);
      expect(put).toMatchObject({ key: 'a/b/c.bin', size: 70_000, modified: got.modified });
    });

    test('keeps an empty blob', async () => {
      const storage = await open();
      await storage.put('empty', new Uint8Array());
      expect((await storage.get('empty')).body).toHaveLength(0);
    });

    test('throws BlobNotFound for a key that is absent, also below and above one that exists', async () => {
      const storage = await open();
      await storage.put('a/b', bytes('x'));
      for (const key of ['nothing', 'a', 'a/b/c', 'a/bb']) {
        await expectCode(storage.get(key), 'BlobNotFound');
      }
    });

    test('replaces what is there, and the etag changes with every put, of equal bytes too', async () => {
      const storage = await open();
      const etags = new Set<string>();
      for (const text of ['one', 'two', 'two', 'one', 'one', 'six', 'six']) {
        etags.add((await storage.put('k', bytes(text))).etag);
        expect(await read(storage, 'k')).toBe(text);
      }
      expect(etags.size).toBe(7);
    });

    test('puts an absent key once, throws PreconditionFailed after, and changes nothing then', async () => {
      const storage = await open();
      const first = await storage.put('k', bytes('first'), { absent: true });
      await expectCode(storage.put('k', bytes('second'), { absent: true }), 'PreconditionFailed');
      const got = await storage.get('k');
      expect([Buffer.from(got.body).toString(), got.etag]).toEqual(['first', first.etag]);
      await storage.delete('k');
      await storage.put('k', bytes('third'), { absent: true });
      expect(await read(storage, 'k')).toBe('third');
    });

    test('puts over an etag only while it is the latest', async () => {
      const storage = await open();
      await expectCode(storage.put('k', bytes('x'), { etag: 'none' }), 'PreconditionFailed');
      await expectCode(storage.get('k'), 'BlobNotFound');
      const first = await storage.put('k', bytes('first'));
      const second = await storage.put('k', bytes('second'), { etag: first.etag });
      await expectCode(storage.put('k', bytes('stale'), { etag: first.etag }), 'PreconditionFailed');
      expect(await read(storage, 'k')).toBe('second');
      await storage.delete('k');
      await expectCode(storage.put('k', bytes('gone'), { etag: second.etag }), 'PreconditionFailed');
    });

    test.each([
      ['an absent key', async (): Promise<undefined> => undefined, { absent: true } as const],
      ['the same etag', async (storage: StorageBackend) => storage.put('deep/k', bytes('base')), undefined],
    ])('lets one of many that put %s at once succeed', async (_, prepare, when) => {
      const storage = await open();
      const base = await prepare(storage);
      const condition = when ?? { etag: base?.etag ?? '' };
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => storage.put('deep/k', bytes(`writer ${index}`), condition)),
      );
      const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect(await read(storage, 'deep/k')).toBe(`writer ${winners[0]}`);
      for (const result of results) {
        if (result.status === 'rejected') {
          expect(isRegistryError(result.reason, 'PreconditionFailed')).toBe(true);
        }
      }
    });

    test('shows a reader the old bytes or the new ones, never a part', async () => {
      const storage = await open();
      const versions = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
      await storage.put('k', bytes(versions[0] ?? ''));
      const writes = (async () => {
        for (let round = 0; round < 20; round += 1) {
          await storage.put('k', bytes(versions[round % 3] ?? ''));
        }
      })();
      for (let round = 0; round < 40; round += 1) {
        expect(versions).toContain(await read(storage, 'k'));
      }
      await writes;
    });

    test('deletes, and deleting what is absent is success', async () => {
      const storage = await open();
      await storage.put('a/b', bytes('x'));
      await storage.delete('a/b');
      await storage.delete('a/b');
      await storage.delete('never/was');
      await expectCode(storage.get('a/b'), 'BlobNotFound');
      expect(await keys(storage, '')).toEqual([]);
    });

    test('lists in the order of the keys, with what get says of each', async () => {
      const storage = await open();
      const all = ['a', 'a!b', 'a+b', 'a-b/x', 'a.b', 'a/b', 'a/b-c', 'a0', 'aa/z/z', 'b/c', 'b/c.d/e', 'b0'].filter(
        (key) => key !== 'a',
      );
      for (const key of [...all].reverse()) {
        await storage.put(key, bytes(key));
      }
      expect(await keys(storage, '')).toEqual([...all].sort((left, right) => (left < right ? -1 : 1)));
      for (const info of await infos(storage, '')) {
        const { body, ...rest } = await storage.get(info.key);
        expect(info).toEqual(rest);
        expect(Buffer.from(body).toString()).toBe(info.key);
      }
    });

    test('lists by any beginning of a key', async () => {
      const storage = await open();
      for (const key of ['ab/c', 'ab/cd/e', 'abc/d', 'b/ab/c']) {
        await storage.put(key, bytes(key));
      }
      expect(await keys(storage, 'ab')).toEqual(['ab/c', 'ab/cd/e', 'abc/d']);
      expect(await keys(storage, 'ab/')).toEqual(['ab/c', 'ab/cd/e']);
      expect(await keys(storage, 'ab/c')).toEqual(['ab/c', 'ab/cd/e']);
      expect(await keys(storage, 'ab/cd/')).toEqual(['ab/cd/e']);
      expect(await keys(storage, 'x/y')).toEqual([]);
    });

    test('lists more than one page of a thousand', async () => {
      const storage = await open();
      const expected = Array.from({ length: 1100 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
      for (let start = 0; start < expected.length; start += 50) {
        await Promise.all(expected.slice(start, start + 50).map((key) => storage.put(key, bytes('x'))));
      }
      expect(await keys(storage, 'many/')).toEqual(expected);
    });

    test.each([
      '',
      '/',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a/./b',
      'a//b',
      'a/',
      '.tmp/x',
      'a/.hidden',
      'a\\b',
      'a\0b',
      'A',
      'a b',
      'ä',
      'a\u0301',
      'c:x',
      'dot.',
      `${'x'.repeat(256)}`,
      `a${'/abcdefghi'.repeat(110)}`,
      'a\n',
    ])('throws InvalidKey for %j and touches nothing', async (key) => {
      const storage = await open();
      await expectCode(storage.put(key, bytes('x')), 'InvalidKey');
      await expectCode(storage.get(key), 'InvalidKey');
      await expectCode(storage.delete(key), 'InvalidKey');
      expect(await keys(storage, '')).toEqual([]);
    });

    test.each(['/', '../', 'a/../', 'A', '.tmp/', 'a//'])('throws InvalidKey for the prefix %j', async (prefix) => {
      const storage = await open();
      await expectCode(keys(storage, prefix), 'InvalidKey');
    });

    test('takes every character of the grammar', async () => {
      const storage = await open();
      const key = `abcdefghijklmnopqrstuvwxyz/0123456789/!_~+-./${'x'.repeat(255)}/v1.0.0+b.json`.replace(
        '-./',
        '-.a/',
      );
      await storage.put(key, bytes('x'), { absent: true });
      expect(await keys(storage, '')).toEqual([key]);
    });
  });
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

async function read(storage: StorageBackend, key: string): Promise<string> {
  return Buffer.from((await storage.get(key)).body).toString();
}

async function infos(storage: StorageBackend, prefix: string): Promise<BlobInfo[]> {
  const found: BlobInfo[] = [];
  for await (const info of storage.list(prefix)) {
    found.push(info);
  }
  return found;
}

async function keys(storage: StorageBackend, prefix: string): Promise<string[]> {
  return (await infos(storage, prefix)).map((info) => info.key);
}

async function expectCode(result: Promise<unknown>, code: RegistryErrorCode): Promise<void> {
  await expect(result).rejects.toSatisfy((error) => isRegistryError(error, code), `a RegistryError ${code}`);
}
