/**
 * Sends recorded objects to a simulated cluster over HTTP and compares the answers with those of a real API server. A
 * program of its own: `npm run conformance:admission -- FILE.jsonl... [--failures FILE]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSimulation } from '@drydock/controllers';
import { type Answer, explainDifference } from './admission-compare.ts';

/** A request that was recorded, and what a real API server answered. */
export interface AdmissionCase {
  readonly id: string;
  readonly gvk: string;
  /** What was changed in the object, where something was. */
  readonly case?: string;
  readonly method?: string;
  readonly path: string;
  readonly request: unknown;
  readonly contentType?: string;
  /** Stored before the request, and deleted after it. */
  readonly existing?: { readonly metadata: { readonly name: string } } | null;
  readonly status: number;
  readonly response: unknown;
}

export interface AdmissionResult {
  readonly item: AdmissionCase;
  /** The first difference, none where the answers are equal. */
  readonly difference: string | undefined;
}

/** The cases of a file, one a line. */
export function readAdmissionCases(file: string): AdmissionCase[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AdmissionCase);
}

type Call = (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;

const NOW = '?gracePeriodSeconds=0&propagationPolicy=Background';

/**
 * Runs the cases, one after the other, in a cluster with the recorded server's configuration: no ServiceAccount
 * admission, no StorageClass, Services in 10.0.0.0/16, and a namespace `demo`.
 */
export async function runAdmissionCases(cases: readonly AdmissionCase[]): Promise<AdmissionResult[]> {
  const simulation = createSimulation({
    name: 'conformance',
    features: { disableAdmission: ['ServiceAccount'], serviceCidr: '10.0.0.0/16' },
  });
  simulation.settle();
  const server = createServer(simulation.handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const agent = new Agent({ keepAlive: true });
  const call = caller((server.address() as AddressInfo).port, agent);
  try {
    await call('DELETE', '/apis/storage.k8s.io/v1/storageclasses');
    await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
    const results: AdmissionResult[] = [];
    for (const item of cases) results.push({ item, difference: await runCase(item, call) });
    return results;
  } finally {
    agent.destroy();
    server.close();
  }
}

async function runCase(item: AdmissionCase, call: Call): Promise<string | undefined> {
  const { method = 'POST', path, existing } = item;
  let stored: string | undefined;
  if (existing != null) {
    const { name } = existing.metadata;
    const segments = path.split('/');
    const at = segments.lastIndexOf(name);
    const collection = at < 0 ? path : segments.slice(0, at).join('/');
    stored = `${collection}/${name}`;
    await remove(stored, call);
    await call('POST', collection, existing);
  }
  const query = method === 'DELETE' ? '?dryRun=All' : '?dryRun=All&fieldValidation=Strict';
  const answer = await call(method, path + query, item.request ?? undefined, item.contentType);
  if (stored !== undefined) await remove(stored, call);
  return explainDifference(item, answer);
}

/** Deletes an object for good: no controller takes its finalizers, as no time passes. */
async function remove(path: string, call: Call): Promise<void> {
  const { status } = await call('DELETE', path + NOW);
  if (status < 400) await call('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
}

function caller(port: number, agent: Agent): Call {
  return (method, path, body, type = 'application/json') =>
    new Promise((done, fail) => {
      const data = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const headers = { accept: 'application/json', ...(data === undefined ? {} : { 'content-type': type }) };
      const call = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          done({ status: response.statusCode ?? 0, body: parseBody(Buffer.concat(parts).toString()) });
        });
      });
      call.on('error', fail);
      call.end(data);
    });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { raw: text };
  }
}

async function main(args: readonly string[]): Promise<number> {
  const files: string[] = [];
  let failuresFile: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--failures') failuresFile = args[++i];
    else files.push(arg);
  }
  if (files.length === 0) {
    console.error('usage: admission FILE.jsonl... [--failures FILE]');
    return 2;
  }
  const from = (file: string) => (isAbsolute(file) ? file : resolve(process.env.INIT_CWD ?? '.', file));
  const results = await runAdmissionCases(files.flatMap((file) => readAdmissionCases(from(file))));
  const failures = results.filter(({ difference }) => difference !== undefined);
  const lines = failures.map(
    ({ item: { id, gvk, case: text = '' }, difference }) => `${id}\t${gvk}\t${text}\t${difference}\n`,
  );
  if (failuresFile === undefined)
    process.stdout.write(lines.map((line) => `${line.slice(0, 400).trimEnd()}\n`).join(''));
  else writeFileSync(from(failuresFile), lines.join(''));
  console.log(`${results.length - failures.length}/${results.length} equal`);
  return failures.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
