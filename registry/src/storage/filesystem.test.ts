/** The filesystem backend: the port's whole suite, and what only files can go wrong with. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FilesystemStorageBackend } from './filesystem.ts';
import { describeStorageBackend } from './storage-backend.contract.ts';

const roots: string[] = [];

function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'drydock-storage-'));
  roots.push(root);
  return root;
}

afterAll(() => {
  for (const root of roots) {
    rmSync(root, { recursive: true, force: true });
  }
});

describeStorageBackend('FilesystemStorageBackend', async () => new FilesystemStorageBackend(newRoot()));

describe('FilesystemStorageBackend', () => {
  test('makes its root on the first write and leaves no temporary file', async () => {
    const root = join(newRoot(), 'not', 'yet');
    const storage = new FilesystemStorageBackend(root);
    await storage.put('a/b', Buffer.from('x'));
    await storage.put('a/b', Buffer.from('y'), { absent: true }).catch(() => undefined);
    await storage.put('a/b', Buffer.from('y'), { etag: 'other' }).catch(() => undefined);
    await storage.put('a/b/c', Buffer.from('y')).catch(() => undefined);
    expect(readdirSync(join(root, '.tmp'))).toEqual([]);
  });

  test('is read by another backend on the same root, with the same etags', async () => {
    const root = newRoot();
    const put = await new FilesystemStorageBackend(root).put('a/b', Buffer.from('x'));
    expect((await new FilesystemStorageBackend(root).get('a/b')).etag).toBe(put.etag);
  });

  test('never lists what a crash left of a write, and removes it after an hour', async () => {
    const root = newRoot();
    mkdirSync(join(root, '.tmp'));
    writeFileSync(join(root, '.tmp', 'old'), 'half');
    writeFileSync(join(root, '.tmp', 'new'), 'half');
    utimesSync(join(root, '.tmp', 'old'), 1_000_000, 1_000_000);
    const storage = new FilesystemStorageBackend(root);
    await storage.put('a', Buffer.from('x'));
    expect(readdirSync(join(root, '.tmp'))).toEqual(['new']);
    const keys: string[] = [];
    for await (const info of storage.list('')) {
      keys.push(info.key);
    }
    expect(keys).toEqual(['a']);
  });

  test('does not follow a link in place of a blob', async () => {
    const root = newRoot();
    const outside = join(newRoot(), 'secret');
    writeFileSync(outside, 'secret');
    symlinkSync(outside, join(root, 'k'));
    const storage = new FilesystemStorageBackend(root);
    await expect(storage.get('k')).rejects.toMatchObject({ code: 'StorageUnavailable' });
    await storage.put('k', Buffer.from('mine'));
    expect(existsSync(outside)).toBe(true);
    expect(Buffer.from((await storage.get('k')).body).toString()).toBe('mine');
  });

  test('writes again below a folder that was removed behind its back', async () => {
    const root = newRoot();
    const storage = new FilesystemStorageBackend(root);
    await storage.put('a/b', Buffer.from('x'));
    rmSync(join(root, 'a'), { recursive: true });
    await storage.put('a/c', Buffer.from('y'), { absent: true });
    expect(Buffer.from((await storage.get('a/c')).body).toString()).toBe('y');
  });

  test.skipIf(process.getuid?.() === 0)(
    'says what it could not write when the folder refuses (root may write anywhere)',
    async () => {
      const root = newRoot();
      chmodSync(root, 0o500);
      await expect(new FilesystemStorageBackend(root).put('a', Buffer.from('x'))).rejects.toMatchObject({
        code: 'StorageUnavailable',
      });
      chmodSync(root, 0o700);
    },
  );

  test('says what it could not write when a file stands where a folder must', async () => {
    const root = newRoot();
    const storage = new FilesystemStorageBackend(root);
    await storage.put('a', Buffer.from('x'));
    await expect(storage.put('a/b', Buffer.from('x'))).rejects.toMatchObject({ code: 'StorageUnavailable' });
  });
});
