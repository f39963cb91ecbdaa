import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chartFromFiles, renderChart } from '@drydock/charts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSchemaReferences } from './schema-files.ts';

const documents = new Map([
  ['/text.json', '{"definitions":{"text":{"type":"string"}}}'],
  ['/chain.json', '{"$ref":"text.json#/definitions/text"}'],
]);
const asked: string[] = [];
let server: Server;
let address = '';

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const text = documents.get(url);
    response.writeHead(text === undefined ? 404 : 200).end(text ?? 'none');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Renders a chart whose value `a` has the schema of another document. */
async function renderWith(reference: string, value: string): Promise<boolean[]> {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': `a: ${value}\n`,
    'values.schema.json': JSON.stringify({ properties: { a: { $ref: reference } } }),
  };
  const chart = chartFromFiles(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
  const references = createSchemaReferences();
  const rounds: boolean[] = [];
  await references.settle((isAgain) => {
    rounds.push(isAgain);
    renderChart(chart, { release: { name: 'r', namespace: 'default' }, schemaFiles: references.read });
  });
  return rounds;
}

it('fetches what a schema refers to, and what that refers to, each once', async () => {
  expect(await renderWith(`${address}/chain.json`, 'text')).toEqual([false, true, true]);
  expect(asked).toEqual(['/chain.json', '/text.json']);
  await expect(renderWith(`${address}/chain.json`, '5')).rejects.toThrow("web:\n- at '/a': got number, want string");
});

it('tells why there is no such document in the words of Helm', async () => {
  await expect(renderWith(`${address}/none.json`, '5')).rejects.toThrow(
    `failing loading "${address}/none.json": HTTP request to ${address}/none.json returned status 404 (Not Found)`,
  );
  await expect(renderWith('http://127.0.0.1:1/x.json', '5')).rejects.toThrow(
    'HTTP request failed for http://127.0.0.1:1/x.json: Get "http://127.0.0.1:1/x.json": dial tcp 127.0.0.1:1: connect: connection refused',
  );
});
