import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseGoFlags } from './go-flags.ts';
import { fetchArchive } from './locate-remote.ts';
import { TEMPLATE_FLAGS } from './template-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-locate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fetch = (name: string, data: string): Promise<Uint8Array> => {
  const { flags } = parseGoFlags(TEMPLATE_FLAGS, ['--data', data, '--repository-config', join(folder, 'none')]);
  return fetchArchive({ name, repository: '' }, flags);
};

it('tells of a repository that nobody knows as Helm does, and makes no data folder for it', async () => {
  const data = join(folder, 'absent');
  await expect(fetch('none/lib', data)).rejects.toThrow(/^repo none not found$/);
  await expect(fetch('none/of/these', data)).rejects.toThrow(/^repo none not found$/);
  expect(existsSync(data)).toBe(false);
});

it('tells of a space that the registry does not have in the same words', async () => {
  await expect(fetch('none/lib', folder)).rejects.toThrow(/^repo none not found$/);
  await expect(fetch('none/of/these', folder)).rejects.toThrow(
    'chart "none/of/these" not found: space none/of not found',
  );
});
