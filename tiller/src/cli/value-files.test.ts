import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseGoFlags } from './go-flags.ts';
import { TEMPLATE_FLAGS } from './template-flags.ts';
import { readValues, splitFilePairs } from './value-files.ts';

it('splits pairs of keys and files at commas, unless they are escaped', () => {
  expect(splitFilePairs('a=x,b.c[0]=y/z')).toEqual([
    { key: 'a', path: 'x' },
    { key: 'b.c[0]', path: 'y/z' },
  ]);
  expect(splitFilePairs('a\\.b=x\\,y=z')).toEqual([{ key: 'a\\.b', path: 'x,y=z' }]);
  expect(() => splitFilePairs('a')).toThrow('failed parsing --set-file data: key "a" has no value');
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
