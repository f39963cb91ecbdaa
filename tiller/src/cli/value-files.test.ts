import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeValueLayers } from '@drydock/charts';
import { expect, it } from 'vitest';
import { parseGoFlags } from './go-flags.ts';
import { TEMPLATE_FLAGS } from './template-flags.ts';
import { readValues } from './value-files.ts';

it('reads the files of --set-file in the grammar of --set, whatever bytes they have', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-set-file-'));
  const [a, b] = [join(folder, 'a,txt'), join(folder, 'b')];
  writeFileSync(a, 'A\n');
  writeFileSync(b, Buffer.from([0xff, 0x62]));
  const escaped = a.replace(',', '\\,');
  try {
    const { flags } = parseGoFlags(TEMPLATE_FLAGS, [`--set-file=x.y=${escaped},l={${b},${escaped}},z[1]=${b},`]);
    const values = mergeValueLayers(await readValues(flags, []));
    const bytes = '\udcffb';
    expect(values.get('x')).toEqual(new Map([['y', 'A\n']]));
    expect(values.get('l')).toEqual([bytes, 'A\n']);
    expect(values.get('z')).toEqual([null, bytes]);
    const { flags: bad } = parseGoFlags(TEMPLATE_FLAGS, [`--set-file=x=${b},y`]);
    const layers = await readValues(bad, []);
    expect(() => mergeValueLayers(layers)).toThrow('failed parsing --set-file data: key "y" has no value');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('reads values at a URL', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/values.yaml') response.end('a: 1\n');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { flags } = parseGoFlags(TEMPLATE_FLAGS, []);
  try {
    const { files } = await readValues(flags, [`${url}/values.yaml`]);
    expect(files).toEqual([{ name: `${url}/values.yaml`, text: 'a: 1\n' }]);
    await expect(readValues(flags, [`${url}/no.yaml`])).rejects.toThrow(
      `failed to fetch ${url}/no.yaml : 404 Not Found`,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('names what is not there as Go does', async () => {
  const { flags } = parseGoFlags(TEMPLATE_FLAGS, ['--set-file', 'a=/no/such/file']);
  await expect(readValues(flags, ['/no/such/file'])).rejects.toThrow('open /no/such/file: no such file or directory');
  await expect(readValues(flags, ['/'])).rejects.toThrow('read /: is a directory');
  await expect(readValues(flags, [])).rejects.toThrow('failed parsing --set-file data: open /no/such/file');
});

it('tells first what is wrong with the values before one that is not there, as Helm merges flag by flag', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-values-'));
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'a: [\n');
  try {
    const { flags } = parseGoFlags(TEMPLATE_FLAGS, ['--set-file', 'a=/no/such/file']);
    await expect(readValues(flags, [bad])).rejects.toThrow(`failed to parse ${bad}`);
    await expect(readValues(flags, [bad, '/no/such/file'])).rejects.toThrow(`failed to parse ${bad}`);
    await expect(readValues(flags, ['/no/such/file', bad])).rejects.toThrow('open /no/such/file');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
