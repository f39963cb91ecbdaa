import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockData, readLock } from './data-lock.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'drydock-lock-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('says who holds the folder and where, and is free after release', async () => {
  const data = await folder();
  const lock = await lockData(data);
  expect(await readLock(data)).toEqual({ pid: process.pid });
  await lock.publish('http://127.0.0.1:1');
  expect(await readLock(data)).toEqual({ pid: process.pid, address: 'http://127.0.0.1:1' });
  await expect(lockData(data)).rejects.toMatchObject({ code: 'OperationInProgress' });
  await lock.release();
  expect(await readLock(data)).toBeUndefined();
  await (await lockData(data)).release();
});

test('takes over what a dead process, or a torn write, left', async () => {
  const data = await folder();
  // No process has this id: the kernel's limit is 2^22.
  for (const left of [JSON.stringify({ pid: 2 ** 22 + 1, address: 'http://127.0.0.1:1' }), '{"pi', '']) {
    await writeFile(join(data, 'server.json'), left);
    const lock = await lockData(data);
    expect(JSON.parse(await readFile(join(data, 'server.json'), 'utf8'))).toEqual({ pid: process.pid });
    await lock.release();
  }
});
