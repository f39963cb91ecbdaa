/**
 * Random requests for every operation of the OpenAPI documents that a simulated cluster serves: none gets an answer that
 * tells of a failure of the server's own, and the server goes on. The seed is new in each run and printed; FUZZ_SEED sets
 * it. FUZZ_SECONDS says for how long (at most a minute), 0 turns it off.
 */
import { randomInt } from 'node:crypto';
import { Agent, createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSimulation, type Simulation } from '@drydock/controllers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, operationsOf, type RandomRequest, randomRequest } from './support/random-requests.ts';
import { createRandomChoices } from './support/random-source.ts';

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const seconds = Math.min(60, Number(process.env.FUZZ_SECONDS ?? 20));
/** Failures that are shown. */
const SHOWN = 10;
/** What upstream answers with 5xx as well: a list of a revision that is yet to come. */
const FUTURE = /Too large resource version/;

const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', default: 1 },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                },
              },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

interface Reply {
  readonly status: number;
  readonly text: string;
}

describe.skipIf(seconds === 0)(`random requests with FUZZ_SEED=${seed} (skipped with FUZZ_SECONDS=0)`, () => {
  let simulation: Simulation;
  let server: Server;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    simulation = createSimulation({ name: 'fuzz', nodes: 2 });
    simulation.settle();
    server = createServer(simulation.handler);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });

  afterAll(() => {
    agent.destroy();
    server?.closeAllConnections();
    server?.close();
  });

  function send({ method, path, headers, body }: RandomRequest): Promise<Reply> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  const get = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse((await send({ method: 'GET', path, headers: {} })).text);

  it('get no answer of 5xx', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await send({ method: 'POST', path, headers, body: JSON.stringify(WIDGETS) });
    const { paths } = (await get('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> };
    const documents = await Promise.all(Object.values(paths).map(({ serverRelativeURL }) => get(serverRelativeURL)));
    const all = documents.flatMap((document) => operationsOf(document).map((operation) => ({ document, operation })));
    expect(all.length).toBeGreaterThan(500);
    const random = createRandomChoices(seed);
    const end = Date.now() + seconds * 1000;
    const failures: string[] = [];
    let count = 0;
    while (Date.now() < end && failures.length < SHOWN) {
      const { document, operation }: { document: Readonly<Record<string, unknown>>; operation: Operation } =
        random.pick(all);
      const asked = randomRequest(random, document, operation);
      const { status, text } = await send(asked);
      count += 1;
      if (status >= 500 && !FUTURE.test(text))
        failures.push(`${JSON.stringify(asked)}\n  ${status} ${text.slice(0, 300)}`);
      if (count % 200 === 0) simulation.settle();
    }
    process.stdout.write(`${count} random requests\n`);
    expect(failures.join('\n')).toBe('');
    expect((await send({ method: 'GET', path: '/readyz', headers: {} })).status).toBe(200);
  });
});
