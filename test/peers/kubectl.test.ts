/**
 * The real kubectl on a simulated cluster, behind the server's path prefix.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';

const WEB = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
    },
  },
});

describe('kubectl on a simulated cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    const created = await runDrydock(['cluster', 'create', 'dev', '--nodes', '3', '--server', server.url]);
    expect(created.code, created.stderr).toBe(0);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('lists the nodes as Ready', () => {
    const nodes = kubectl(['get', 'nodes', '--no-headers']).trim().split('\n');
    expect(nodes).toHaveLength(3);
    for (const node of nodes) expect(node).toMatch(/\sReady\s.*v1\.34/);
  });

  it('applies a Deployment and sees it rolled out', () => {
    expect(kubectl(['apply', '-f', '-'], WEB)).toBe('deployment.apps/web created\n');
    expect(kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s'])).toContain('successfully rolled out');
    expect(kubectl(['get', 'deployment', 'web', '--no-headers'])).toMatch(/^web\s+2\/2\s+2\s+2\s/);
    expect(kubectl(['apply', '-f', '-'], WEB)).toBe('deployment.apps/web unchanged\n');
  });

  it('scales, describes and deletes it', () => {
    kubectl(['scale', 'deployment/web', '--replicas=4']);
    expect(kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s'])).toContain('successfully rolled out');
    expect(kubectl(['describe', 'deployment', 'web'])).toContain('4 desired | 4 updated | 4 total | 4 available');
    expect(kubectl(['delete', 'deployment', 'web', '--timeout=60s'])).toContain('deployment.apps "web" deleted');
    expect(kubectl(['get', 'deployments', '-o', 'name'])).toBe('');
  });

  it('is told what is wrong with an object', () => {
    const wrong = WEB.replace('"app":"web"}', '"app":"other"}');
    const { status, stderr } = run(['apply', '-f', '-'], wrong);
    expect(status).toBe(1);
    expect(stderr).toContain('`selector` does not match template `labels`');
  });

  function run(args: readonly string[], input?: string) {
    return spawnSync(
      'kubectl',
      ['--server', `${server.url}/clusters/dev`, '--cache-dir', join(folder, 'cache'), ...args],
      {
        encoding: 'utf8',
        env: { ...process.env, KUBECONFIG: join(folder, 'none') },
        ...(input === undefined ? {} : { input }),
      },
    );
  }

  function kubectl(args: readonly string[], input?: string): string {
    const { status, stdout, stderr } = run(args, input);
    expect(status, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }
});
