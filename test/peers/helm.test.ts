/**
 * The real helm beside Drydock: it accepts the example chart, renders it to the same bytes, and uses a space of the
 * registry as a repository.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';
import { REPOSITORY } from '../support/repository.ts';

const BOOKSHOP = join(REPOSITORY, 'charts', 'examples', 'bookshop');

describe('the bookshop and the real helm', () => {
  it.each(['dev', 'prod'])('helm lint --strict accepts it with the values of %s', (environment) => {
    const lint = helm(['lint', BOOKSHOP, '--strict', '-f', `${BOOKSHOP}/values/${environment}.yaml`]);
    expect(lint.status, lint.stdout + lint.stderr).toBe(0);
  });

  it.each(['dev', 'prod'])('drydock template prints what helm template prints with the values of %s', async (env) => {
    // The password is made at random where none is given.
    const args = ['template', 'shop', BOOKSHOP, '-n', 'shop', '-f', `${BOOKSHOP}/values/${env}.yaml`];
    const known = [...args, '--set', 'global.db.existingSecret=known', '--include-crds'];
    const theirs = helm(known);
    expect(theirs.status, theirs.stderr).toBe(0);
    const ours = await runDrydock(known);
    expect(ours).toEqual({ code: 0, stdout: theirs.stdout, stderr: '' });
  });

  it('both refuse values that the schema does not allow, in the same words', async () => {
    const args = ['template', 'shop', BOOKSHOP, '--set', 'wbe.replicaCount=2'];
    const theirs = helm(args);
    const ours = await runDrydock(args);
    expect(ours.code).toBe(1);
    expect(theirs.status).toBe(1);
    const findings = theirs.stderr.split('\n').filter((line) => line.startsWith('- at'));
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) expect(ours.stderr).toContain(finding);
  });
});

describe('a space of the registry as a Helm repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-helm-'));
  const env = {
    ...process.env,
    HELM_CACHE_HOME: `${folder}/c`,
    HELM_CONFIG_HOME: `${folder}/f`,
    HELM_DATA_HOME: `${folder}/d`,
  };
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    const pushed = await runDrydock(['push', BOOKSHOP, 'examples', '--server', server.url]);
    expect(pushed.code, pushed.stderr).toBe(0);
    execFileSync('helm', ['repo', 'add', 'examples', `${server.url}/charts/examples`], { env });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('helm search finds the chart with its versions', () => {
    const found = JSON.parse(
      execFileSync('helm', ['search', 'repo', 'bookshop', '-o', 'json'], { env, encoding: 'utf8' }),
    );
    expect(found).toMatchObject([{ name: 'examples/bookshop', version: '1.0.0', app_version: '2.4.0' }]);
  });

  it('helm pull brings the bytes that drydock pull brings', async () => {
    execFileSync('helm', ['pull', 'examples/bookshop', '-d', folder], { env });
    const theirs = readFileSync(join(folder, 'bookshop-1.0.0.tgz'));
    const pulled = await runDrydock(['pull', 'examples/bookshop', '-d', join(folder, 'ours'), '--server', server.url]);
    expect(pulled.code, pulled.stderr).toBe(0);
    expect(readFileSync(join(folder, 'ours', 'bookshop-1.0.0.tgz')).equals(theirs)).toBe(true);
  });

  it('helm template renders the chart from the repository', () => {
    const rendered = execFileSync('helm', ['template', 'shop', 'examples/bookshop'], { env, encoding: 'utf8' });
    expect(rendered).toContain('kind: StatefulSet');
  });
});

function helm(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync('helm', args, { encoding: 'utf8' });
}
