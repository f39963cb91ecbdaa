/** Clusters by kubeconfig: what the files and flags say, and a server that asks for certificates and tokens. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
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
