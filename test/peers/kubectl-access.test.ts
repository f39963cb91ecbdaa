/**
 * The real kubectl as users of all kinds, over HTTPS with the kubeconfig of a cluster that enforces roles. What it prints
 * is what it prints on a real cluster, to the letter.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';

const ACCOUNT = 'system:serviceaccount:shop:api';

describe('kubectl on a cluster that enforces roles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-access-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    const to = ['--server', server.url];
    for (const args of [
      ['cluster', 'create', 'dev', '--rbac'],
      ['cluster', 'kubeconfig', 'dev', '--output', kubeconfig],
    ]) {
      const { code, stderr } = await runDrydock([...args, ...to]);
      expect(code, stderr).toBe(0);
    }
    kubectl(['create', 'namespace', 'shop']);
    kubectl(['create', 'serviceaccount', 'api', '-n', 'shop']);
    kubectl(['create', 'role', 'reader', '-n', 'shop', '--verb=get,list', '--resource=pods,pods/log']);
    kubectl(['create', 'rolebinding', 'api-reads', '-n', 'shop', '--role=reader', '--serviceaccount=shop:api']);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('is told who it is', () => {
    expect(kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).toBe('kubernetes-admin');
    expect(kubectl(['auth', 'whoami', `--as=${ACCOUNT}`])).toBe(
      [
        'ATTRIBUTE   VALUE',
        `Username    ${ACCOUNT}`,
        'Groups      [system:serviceaccounts system:serviceaccounts:shop system:authenticated]',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['list', 'pods', '-n', 'shop'], 'yes\n', 0],
    [['get', 'pods', '--subresource=log', '-n', 'shop'], 'yes\n', 0],
    [['create', 'pods', '-n', 'shop'], 'no\n', 1],
    [['list', 'pods', '-n', 'default'], 'no\n', 1],
    [['get', '/version'], 'yes\n', 0],
    [['get', '/metrics'], 'no\n', 1],
  ])('can-i %j', (args, answer, code) => {
    const { status, stdout } = run(['auth', 'can-i', ...args, `--as=${ACCOUNT}`]);
    expect({ status, stdout }).toEqual({ status: code, stdout: answer });
  });

  it('is refused in the words of Kubernetes', () => {
    const refused = (args: readonly string[]) => run(args).stderr;
    expect(refused(['get', 'secrets', '-n', 'shop', `--as=${ACCOUNT}`])).toBe(
      `Error from server (Forbidden): secrets is forbidden: User "${ACCOUNT}" cannot list resource "secrets" in API group "" in the namespace "shop"\n`,
    );
    expect(refused(['get', 'nodes', '--as=jane', '--as-group=dev'])).toBe(
      'Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope\n',
    );
  });

  it('acts as a service account by its token', () => {
    const token = kubectl(['create', 'token', 'api', '-n', 'shop', '--duration=20m']).trim();
    const as = bearer(token);
    expect(run(['get', 'pods', '-n', 'shop'], as)).toMatchObject({ stderr: 'No resources found in shop namespace.\n' });
    expect(run(['get', 'pods', '-n', 'default'], as).stderr).toContain(`User "${ACCOUNT}" cannot list resource "pods"`);
    expect(run(['get', 'pods'], bearer(`${token}x`)).stderr).toContain(
      'error: You must be logged in to the server (Unauthorized)',
    );
  });

  it('gets a certificate signed, and acts as the user that it names', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = join(folder, 'jane.key');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const made = spawnSync('openssl', ['req', '-new', '-key', key, '-subj', '/O=dev/CN=jane'], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    const request = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'jane' },
      spec: {
        request: Buffer.from(made.stdout).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    };
    kubectl(['create', '-f', '-'], JSON.stringify(request));
    expect(kubectl(['certificate', 'approve', 'jane'])).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane approved\n',
    );
    expect(kubectl(['get', 'csr', 'jane', '--no-headers'])).toMatch(
      /^jane\s+\S+\s+kubernetes.io\/kube-apiserver-client\s+kubernetes-admin\s+<none>\s+Approved,Issued\n$/,
    );
    const certificate = join(folder, 'jane.crt');
    const issued = kubectl(['get', 'csr', 'jane', '-o', 'jsonpath={.status.certificate}']);
    writeFileSync(certificate, Buffer.from(issued, 'base64'));
    const config = kubectl(['config', 'view', '--raw', '-o', 'json']);
    const own = join(folder, 'jane.kubeconfig');
    const users = [{ name: 'drydock-dev', user: { 'client-certificate': certificate, 'client-key': key } }];
    writeFileSync(own, JSON.stringify({ ...JSON.parse(config), users }));
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'];
    expect(run([...whoami, '--kubeconfig', own]).stdout).toBe('jane ["dev","system:authenticated"]');
  });

  it('is warned of, and refused, pods that do not keep to the standards of their namespace', () => {
    kubectl(['label', 'namespace', 'shop', 'pod-security.kubernetes.io/enforce=baseline']);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { hostNetwork: true, containers: [{ name: 'c', image: 'i' }] },
    };
    expect(run(['create', '-f', '-'], [], JSON.stringify(pod)).stderr).toContain(
      'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    );
  });

  /** Flags that leave the certificate of the kubeconfig out. */
  function bearer(token: string): readonly string[] {
    const view = ['config', 'view', '--raw', '-o', 'json'];
    const config = JSON.parse(kubectl(view));
    const own = join(folder, 'token.kubeconfig');
    writeFileSync(own, JSON.stringify({ ...config, users: [{ name: 'drydock-dev', user: { token } }] }));
    return ['--kubeconfig', own];
  }

  function run(args: readonly string[], flags: readonly string[] = [], input?: string) {
    const { status, stdout, stderr } = spawnSync('kubectl', [...args, ...flags, '--cache-dir', join(folder, 'cache')], {
      encoding: 'utf8',
      env: { ...process.env, KUBECONFIG: kubeconfig },
      ...(input === undefined ? {} : { input }),
    });
    return { status, stdout, stderr };
  }

  function kubectl(args: readonly string[], input?: string): string {
    const { status, stdout, stderr } = run(args, [], input);
    expect(status, stderr).toBe(0);
    return stdout;
  }
});
