/**
 * The real helm as the release manager of a simulated cluster: it installs, waits, upgrades, rolls back and uninstalls
 * the bookshop through the cluster's Kubernetes API.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';
import { listPods, unreadyPods } from '../support/kubernetes.ts';
import { REPOSITORY } from '../support/repository.ts';

const BOOKSHOP = join(REPOSITORY, 'charts', 'examples', 'bookshop');
const WAIT = ['-n', 'shop', '--wait', '--timeout', '60s'];

describe('the real helm on a simulated cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-helm-cluster-'));
  let server: RunningServer;
  let api: string;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    api = `${server.url}/clusters/dev`;
    const created = await runDrydock(['cluster', 'create', 'dev', '--server', server.url]);
    expect(created.code, created.stderr).toBe(0);
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'dev', cluster: { server: api } }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'me' } }],
      'current-context': 'dev',
    };
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('installs and waits until all pods are ready', async () => {
    helm('install', 'shop', BOOKSHOP, '--create-namespace', ...WAIT);
    const pods = await listPods(api, 'shop');
    expect(pods.length).toBeGreaterThan(5);
    expect(unreadyPods(pods)).toEqual([]);
  });

  it('upgrades, with the migration before it, and rolls back', () => {
    helm('upgrade', 'shop', BOOKSHOP, '--set', 'api.image.tag=2.5.0', ...WAIT);
    expect(helm('rollback', 'shop', '1', ...WAIT)).toContain('Rollback was a success');
    const history = JSON.parse(helm('history', 'shop', '-n', 'shop', '-o', 'json'));
    expect(history.map((revision: { status: string }) => revision.status)).toEqual([
      'superseded',
      'superseded',
      'deployed',
    ]);
  });

  it('uninstalls', () => {
    expect(helm('uninstall', 'shop', ...WAIT)).toContain('release "shop" uninstalled');
    expect(helm('list', '-n', 'shop', '-q')).toBe('');
  });

  function helm(...args: string[]): string {
    const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HELM_CACHE_HOME: join(folder, 'cache') };
    const { status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8', env });
    expect(status, `helm ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }
});
