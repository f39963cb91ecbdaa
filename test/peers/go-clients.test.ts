/**
 * The Go clients that operators are made of: client-go's informers, typed, dynamic, metadata and scale clients, leader
 * election, event recorders, server-side apply, and an operator of controller-runtime with envtest on the cluster. Their
 * steps are Go tests in go-clients/; each is told here.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PeerCluster, startPeerCluster } from './support/peer-cluster.ts';

const SOURCES = join(import.meta.dirname, 'go-clients');
const BUILD_SECONDS = 600;

describe('Go clients on a simulated cluster', () => {
  let cluster: PeerCluster;

  beforeAll(async () => {
    cluster = await startPeerCluster(['--clock-rate', '5']);
  }, BUILD_SECONDS * 1000);

  afterAll(async () => cluster?.close());

  it('go through all their steps', { timeout: BUILD_SECONDS * 1000 }, async () => {
    const program = join(cluster.folder, 'go-clients');
    const built = spawnSync('go', ['test', '-c', '-o', program, '.'], { cwd: SOURCES, encoding: 'utf8' });
    expect(built.status, built.stderr).toBe(0);

    const oldVersion = cluster.kubectl('get namespace default -o jsonpath={.metadata.resourceVersion}');
    cluster.kubectl('create namespace later');
    await cluster.restart();

    const { code, stdout } = cluster.run(program, ['-test.v', '-test.timeout', '3m'], {
      env: { OLD_RESOURCE_VERSION: oldVersion },
      seconds: 200,
    });
    const results = [...stdout.matchAll(/^ *--- (PASS|FAIL|SKIP): (\S+)/gm)].map(([, how, name]) => `${how} ${name}`);
    const failed = results.filter((result) => !result.startsWith('PASS'));
    expect({ code, failed }, stdout).toEqual({ code: 0, failed: [] });
    expect(results.length).toBeGreaterThan(40);
    expect(cluster.log()).toMatch(/^drydock serves .*\n$/);
  });
});
