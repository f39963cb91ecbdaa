/**
 * The Kubernetes API of any cluster, as far as rendering with it needs: JSON by GET. The texts of failures are those of
 * client-go, as Helm prints them.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { networkError } from '../chart-sources/download.ts';
import { CliError } from './cli-error.ts';
import { runExecPlugin } from './kube-exec.ts';
import { throughProxy, type Way } from './kube-proxy.ts';
import type { KubeAccess } from './kubeconfig.ts';

export interface KubeClient {
  /** Throws CliError; its code is the HTTP status of an answer, or Unavailable where there is none. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

/** Larger lists are refused. */
const MAX_BYTES = 512 * 1024 * 1024;
const SILENCE_MS = 120_000;

export function createKubeClient(access: KubeAccess): KubeClient {
  const isTls = access.server.startsWith('https:');
  const proof = access.exec === undefined ? access : { ...access, ...runExecPlugin(access.exec) };
  const { ca, cert, key, tlsServerName, proxy } = proof;
  const tls = {
    rejectUnauthorized: !access.insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
  };
  const kept = { keepAlive: true, maxSockets: 8 };
  const agent = isTls ? new HttpsAgent({ ...kept, ...tls }) : new HttpAgent(kept);
  const way = proxy === undefined ? () => ({ agent }) : throughProxy(proxy, { target: new URL(access.server), tls });
  const headers = headersOf(proof);
  return {
    // A parsed border: what the API's kinds look like is Kubernetes' own contract.
    async json<T>(method: string, path: string, body?: unknown): Promise<T> {
      const url = `${access.server}${path}`;
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const { status, text } = await exchange({ url, method, headers, way, body: sent });
      if (status >= 200 && status < 300) return JSON.parse(text) as T;
      throw new CliError(messageOf(status, text), { code: String(status) });
    },
    close: () => agent.destroy(),
  };
}

function headersOf({ token, basic, impersonate }: KubeAccess): Record<string, string | readonly string[]> {
  const { user, uid, groups } = impersonate;
  const pair = basic === undefined ? '' : Buffer.from(`${basic.username}:${basic.password}`).toString('base64');
  return {
    accept: 'application/json',
    'user-agent': 'Drydock',
    ...(pair === '' ? {} : { authorization: `Basic ${pair}` }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(user === undefined ? {} : { 'impersonate-user': user }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': [...groups] }),
  };
}

interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly way: Way;
  readonly body: string | undefined;
}

function exchange({ url, method, headers, way, body }: Exchange): Promise<{ status: number; text: string }> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new CliError(networkError(url, error).message, { code: 'Unavailable' }));
    };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const { pathname, search } = new URL(url);
    const path = way(pathname + search);
    const all = { ...(headers as Record<string, string | string[]>), ...type, ...path.headers };
    const request = send(url, { ...path, method, headers: all, timeout: SILENCE_MS }, (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), fail);
    });
    request.on('timeout', () => request.destroy(new Error('timeout awaiting response')));
    request.on('error', fail);
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const UNTOLD = new Map([
  [401, 'the server has asked for the client to provide credentials'],
  [404, 'the server could not find the requested resource'],
  [406, 'the server was unable to respond with a content type that the client supports'],
  [429, 'the server has received too many requests and has asked us to try again later'],
  [503, 'the server is currently unable to handle the request'],
  [504, 'the server was unable to return a response in the time allotted, but may still be processing the request'],
]);

/** client-go's message of an answer whose body it does not read. */
export function statusText(status: number): string {
  const text = status === 403 ? 'unknown' : UNTOLD.get(status);
  return text ?? `an error on the server ("unknown") has prevented the request from succeeding`;
}

/** The message of a Status, or client-go's for the number. */
function messageOf(status: number, text: string): string {
  try {
    const body = JSON.parse(text) as { readonly kind?: unknown; readonly message?: unknown };
    if (body.kind === 'Status' && typeof body.message === 'string' && body.message !== '') return body.message;
  } catch {
    // No Status: some proxy answered.
  }
  return statusText(status);
}
