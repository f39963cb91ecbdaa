/**
 * A cluster by its kubeconfig, as a terminal UI or an operator reaches it: HTTPS with the cluster's CA and a client
 * certificate; whole answers, and streams of lines.
 */
import { readFileSync } from 'node:fs';
import { Agent, get, type RequestOptions, request } from 'node:https';
import { createInterface } from 'node:readline';
import { parseYamlDocuments } from '@drydock/charts';

export interface KubeConnection {
  /** The answer as JSON, whatever its status. */
  get(path: string, accept?: string): Promise<KubeAnswer>;
  post(path: string, body: object): Promise<KubeAnswer>;
  /** Calls `observe` for each line until the server ends the stream, which is answered, or stop() is called. */
  watch(path: string, options: { readonly accept?: string; observe(event: WatchEvent): void }): RunningWatch;
  close(): void;
}

export interface KubeAnswer {
  readonly status: number;
  // JSON from outside: a test reads of it what it expects.
  readonly body: Record<string, unknown>;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

export interface RunningWatch {
  /** Why it ended; undefined while it runs and after stop(). */
  ended(): string | undefined;
  stop(): void;
}

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: readonly [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

export function connect(kubeconfig: string): KubeConnection {
  // The file is one that Drydock wrote.
  const [config] = parseYamlDocuments(readFileSync(kubeconfig, 'utf8')) as unknown as [Kubeconfig];
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const agent = new Agent({
    keepAlive: true,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  });
  const exchange = (path: string, options: RequestOptions, body?: string): Promise<KubeAnswer> =>
    new Promise((resolve, reject) => {
      const sent = request(`${cluster.server}${path}`, { agent, ...options }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          try {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
          } catch {
            reject(new Error(`${path}: ${response.statusCode} ${text}`));
          }
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    get: (path, accept = 'application/json') => exchange(path, { headers: { accept } }),
    post: (path, body) =>
      exchange(
        path,
        { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' } },
        JSON.stringify(body),
      ),
    watch(path, { accept = 'application/json', observe }) {
      let ended: string | undefined;
      let isStopped = false;
      const fail = (error: Error) => {
        ended ??= error.message;
      };
      const sent = get(`${cluster.server}${path}`, { agent, headers: { accept } }, (response) => {
        if (response.statusCode !== 200) ended = `status ${response.statusCode}`;
        const lines = createInterface({ input: response });
        lines.on('line', (line) => observe(JSON.parse(line)));
        lines.on('close', () => {
          ended ??= 'the server ended it';
        });
        // The interface passes on what the response fails with.
        for (const source of [response, lines]) source.on('error', fail);
      });
      sent.on('error', fail);
      return {
        ended: () => (isStopped ? undefined : ended),
        stop() {
          isStopped = true;
          sent.destroy();
        },
      };
    },
    close: () => agent.destroy(),
  };
}
