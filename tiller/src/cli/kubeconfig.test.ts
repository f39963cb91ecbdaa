/** Clusters by kubeconfig: what the files and flags say, and a server that asks for certificates and tokens. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFromFiles, renderChart } from '@drydock/charts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from './command.ts';
import { createKubeClient } from './kube-client.ts';
import { contextNamespace, meansKubeconfig, readKubeAccess } from './kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-kubeconfig-'));
const pems = makeCertificates();
let server: Server;
let seen: Record<string, unknown> = {};

beforeAll(async () => {
  const tls = { ca: pems.ca, cert: pems.serverCert, key: pems.serverKey, requestCert: true, rejectUnauthorized: false };
  server = createServer(tls, (request, response) => {
    const peer = (
      request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
    ).getPeerCertificate().subject?.CN;
    seen = { ...request.headers, peer };
    const isKnown = peer === 'alice' || request.headers.authorization === 'Bearer sesame';
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { gitVersion: 'v1.34.2' } : { kind: 'Status', message: 'Unauthorized' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Certificates by the engine's own functions. */
function makeCertificates() {
  const template = `{{ $ca := genCA "test" 2 }}
{{ $server := genSignedCert "localhost" (list "127.0.0.1") (list "localhost") 2 $ca }}
{{ $client := genSignedCert "alice" nil nil 2 $ca }}
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {{ dict "ca" $ca.Cert "serverCert" $server.Cert "serverKey" $server.Key "cert" $client.Cert "key" $client.Key | toJson }}
`;
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'templates/a.yaml': template };
  const chart = chartFromFiles(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
  const { manifests } = renderChart(chart, { release: { name: 'r', namespace: 'default' } });
  return manifests[0]?.object?.data as Record<'ca' | 'serverCert' | 'serverKey' | 'cert' | 'key', string>;
}

const address = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

function flags(texts: Readonly<Record<string, string>> = {}): Flags {
  return {
    text: (name) => texts[name],
    is: (name) => texts[name] === 'true',
    list: (name) => texts[name]?.split(',') ?? [],
    number: () => undefined,
  };
}

/** A kubeconfig of one context. */
function config(name: string, cluster: object, user: object, more: object = {}): string {
  const path = join(folder, name);
  const context = { cluster: name, user: name, ...more };
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name, cluster }],
      users: [{ name, user }],
      contexts: [{ name, context }],
      'current-context': name,
    }),
  );
  return path;
}

/** A proxy that lets nobody but Ann through to servers with TLS; it tells what it was asked. */
function createProxy(observe: (request: string) => void): HttpServer {
  const proxy = createHttpServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ gitVersion: `of ${request.url}` }));
  });
  return proxy.on('connect', (request, socket) => {
    observe(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
    if (request.headers['proxy-authorization'] !== `Basic ${base64('ann:s e')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', () => socket.destroy());
      return;
    }
    const [host = '', port] = (request.url ?? '').split(':');
    const through = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    through.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function version(path: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const client = createKubeClient(readKubeAccess(flags({ kubeconfig: path, ...more }), {}));
  try {
    return await client.json('GET', '/version');
  } finally {
    client.close();
  }
}

describe('a cluster by its kubeconfig', () => {
  it('is shown a certificate, of data or of files beside the kubeconfig', async () => {
    const data = { 'client-certificate-data': base64(pems.cert), 'client-key-data': base64(pems.key) };
    const cluster = { server: address(), 'certificate-authority-data': base64(pems.ca) };
    expect(await version(config('data', cluster, data))).toEqual({ gitVersion: 'v1.34.2' });
    mkdirSync(join(folder, 'pki'), { recursive: true });
    for (const name of ['ca', 'cert', 'key'] as const) writeFileSync(join(folder, 'pki', name), pems[name]);
    const files = { 'client-certificate': 'pki/cert', 'client-key': 'pki/key' };
    const path = config('files', { server: address(), 'certificate-authority': 'pki/ca' }, files);
    expect(await version(path)).toEqual({ gitVersion: 'v1.34.2' });
    expect(seen.peer).toBe('alice');
  });

  it('is not talked to when its certificate is of an unknown issuer, unless that is waived', async () => {
    const path = config('unknown', { server: address() }, { token: 'sesame' });
    await expect(version(path)).rejects.toThrow(
      `Get "${address()}/version": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
    expect(await version(path, { kubeInsecureSkipTlsVerify: 'true' })).toEqual({ gitVersion: 'v1.34.2' });
    expect(await version(path, { kubeCaFile: join(folder, 'pki/ca') })).toEqual({ gitVersion: 'v1.34.2' });
  });

  it('gets a token, and is told whom to take us for', async () => {
    const path = config('token', { server: address(), 'insecure-skip-tls-verify': true }, { token: 'stale' });
    await expect(version(path)).rejects.toMatchObject({ code: '401', message: 'Unauthorized' });
    await version(path, { kubeToken: 'sesame', kubeAsUser: 'bob', kubeAsGroup: 'dev,ops' });
    expect(seen).toMatchObject({ 'impersonate-user': 'bob', 'impersonate-group': 'dev, ops' });
  });

  it('is reached through the proxy that its kubeconfig names', async () => {
    const asked: string[] = [];
    const proxy = createProxy((request) => asked.push(request));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const to = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const behind = { server: address(), 'certificate-authority-data': base64(pems.ca) };
    const path = (url: string): string => config('proxied', { ...behind, 'proxy-url': url }, { token: 'sesame' });
    try {
      expect(await version(path(`http://ann:s%20e@${to}`))).toEqual({ gitVersion: 'v1.34.2' });
      expect(asked).toEqual([`CONNECT ${address().slice('https://'.length)} Basic ${base64('ann:s e')}`]);
      const plain = { server: 'http://cluster.example', 'proxy-url': `http://${to}` };
      expect(await version(config('plain', plain, {}))).toEqual({ gitVersion: 'of http://cluster.example/version' });
      await expect(version(path(`http://nobody@${to}`))).rejects.toThrow('Proxy Authentication Required');
      await expect(version(path('ftp://proxy'))).rejects.toThrow(
        `invalid configuration: invalid 'proxy-url' "ftp://proxy" for cluster "proxied": unsupported scheme "ftp", must be`,
      );
    } finally {
      await new Promise((resolve) => proxy.close(resolve));
    }
    await expect(version(path(`http://${to}`))).rejects.toThrow(/^Get ".*\/version": proxyconnect tcp: .*ECONNREFUSED/);
  });

  it('is that of the service account where nothing says which', async () => {
    const account = join(folder, 'account');
    mkdirSync(account, { recursive: true });
    for (const [name, text] of [
      ['token', 'sesame\n'],
      ['ca.crt', pems.ca],
      ['namespace', 'own\n'],
    ] as const) {
      writeFileSync(join(account, name), text);
    }
    const { port } = server.address() as AddressInfo;
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port), KUBECONFIG: '/none' };
    const read = (texts: Readonly<Record<string, string>> = {}, more = {}, serviceAccount = account) =>
      readKubeAccess(flags(texts), { ...env, ...more }, { serviceAccount });
    const access = read();
    expect(access).toMatchObject({ server: address(), token: 'sesame', namespace: 'own' });
    const client = createKubeClient(access);
    expect(await client.json('GET', '/version')).toEqual({ gitVersion: 'v1.34.2' });
    client.close();
    // What is configured counts, but the namespace is the pod's where no context names one.
    const one = config('one', { server: 'http://one' }, {});
    expect(read({ kubeconfig: one })).toMatchObject({ server: 'http://one', namespace: 'own' });
    expect(read({}, { POD_NAMESPACE: 'told', KUBERNETES_SERVICE_HOST: '::1' })).toMatchObject({
      server: `https://[::1]:${port}`,
      namespace: 'told',
    });
    for (const outside of [read({}, { KUBERNETES_SERVICE_HOST: '' }), read({}, {}, join(folder, 'no-account'))]) {
      expect(outside).toMatchObject({ server: 'http://localhost:8080', namespace: '' });
    }
  });

  it('gets the token of a program, which is told of the cluster', async () => {
    const script = `const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = spec.cluster.server.startsWith('https') && process.env.WORD + process.argv[1];
      console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token } }));`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script, 'ame'],
      env: [{ name: 'WORD', value: 'ses' }],
      interactiveMode: 'Never',
      provideClusterInfo: true,
    };
    const cluster = { server: address(), 'insecure-skip-tls-verify': true };
    expect(await version(config('exec', cluster, { exec }))).toEqual({ gitVersion: 'v1.34.2' });
    const missing = config('missing', cluster, { exec: { ...exec, command: 'no-such-program' } });
    await expect(version(missing)).rejects.toThrow('getting credentials: exec: executable no-such-program not found');
  });
});

describe('kubeconfig files', () => {
  it('are merged, and what is named first wins', () => {
    const one = config('one', { server: 'http://one' }, {}, { namespace: 'first' });
    const two = config('two', { server: 'http://two' }, {});
    const env = { KUBECONFIG: [join(folder, 'none'), one, two].join(':') };
    expect(readKubeAccess(flags(), env)).toMatchObject({ server: 'http://one', namespace: 'first' });
    expect(readKubeAccess(flags({ kubeContext: 'two' }), env)).toMatchObject({ server: 'http://two', namespace: '' });
    expect(() => readKubeAccess(flags({ kubeContext: 'three' }), env)).toThrow('context "three" does not exist');
    expect(() => readKubeAccess(flags({ kubeconfig: '/no/file' }), env)).toThrow(
      'stat /no/file: no such file or directory',
    );
    expect(contextNamespace(flags({ kubeconfig: '/no/file' }), env)).toBe('');
  });

  it('count only where the command line names no cluster of Drydock', () => {
    expect(meansKubeconfig(flags({ kubeconfig: 'x' }), { DRYDOCK_CLUSTER: 'dev' }, folder)).toBe(true);
    expect(meansKubeconfig(flags({ kubeconfig: 'x', cluster: 'dev' }), {}, folder)).toBe(false);
    expect(meansKubeconfig(flags(), { KUBECONFIG: 'x', DRYDOCK_CLUSTER: 'dev' }, folder)).toBe(false);
    expect(meansKubeconfig(flags(), { KUBECONFIG: 'x' }, folder)).toBe(true);
    expect(meansKubeconfig(flags(), {}, folder)).toBe(false);
  });
});
