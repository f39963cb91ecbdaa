/**
 * A Drydock server inside the test's process, on a free port and a data folder of its own, and a client of its HTTP API.
 * Its clusters' time stands still but for the jumps of waits, so that a test sees the same at each run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '@drydock/charts';
import { startServer } from '@drydock/tiller';

export interface TestServer {
  readonly url: string;
  /** Stops the server and removes its data. */
  close(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const data = await mkdtemp(join(tmpdir(), 'drydock-test-'));
  const server = await startServer(
    {
      data,
      host: '127.0.0.1',
      port: 0,
      clockRate: 0,
      syncWrites: false,
      maxBodyBytes: 64 * 1024 * 1024,
      renderLimits: defaultLimits,
    },
    { isPublic: false },
  );
  return {
    url: server.address,
    async close() {
      await server.close();
      await rm(data, { recursive: true });
    },
  };
}

/** One request; throws with the server's message when the answer is not 2xx. */
export async function request<T>(
  url: string,
  options: { readonly method?: string; readonly json?: unknown; readonly bytes?: Uint8Array } = {},
): Promise<T> {
  const body = options.bytes ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
  const response = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'content-type': options.bytes === undefined ? 'application/json' : 'application/gzip' },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${options.method ?? 'GET'} ${url}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
