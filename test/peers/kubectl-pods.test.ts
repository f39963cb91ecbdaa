/**
 * The real kubectl and what kubelets answer: commands in containers, logs that are followed, usage.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';

const POD = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'nginx:1.27',
        env: [{ name: 'MODE', value: 'prod' }],
        resources: { requests: { cpu: '200m', memory: '64Mi' } },
      },
      {
        name: 'ticker',
        image: 'busybox',
        command: ['sh', '-c', 'i=0; while true; do echo line $i; i=$((i+1)); sleep 1; done'],
      },
    ],
  },
});

describe('kubectl and the pods of a simulated cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-kubectl-pods-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    const flags = ['--nodes', '1', '--clock-rate', '10', '--server', server.url];
    const created = await runDrydock(['cluster', 'create', 'dev', ...flags]);
    expect(created.code, created.stderr).toBe(0);
    const { stdout } = await runDrydock(['cluster', 'kubeconfig', 'dev', '--server', server.url]);
    writeFileSync(kubeconfig, stdout);
    expect(kubectl(['apply', '-f', '-'], POD).stdout).toBe('pod/web created\n');
    expect(kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=60s']).code).toBe(0);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('runs commands and passes on what they say', () => {
    expect(kubectl(['exec', 'web', '-c', 'main', '--', 'sh', '-c', 'echo $MODE; hostname; exit 3'])).toEqual({
      code: 3,
      stdout: 'prod\nweb\n',
      stderr: 'command terminated with exit code 3\n',
    });
    expect(kubectl(['exec', '-i', 'web', '-c', 'main', '--', 'cat'], 'piped').stdout).toBe('piped');
    expect(kubectl(['exec', 'web', '-c', 'main', '--', 'pg_dump']).code).toBe(127);
    expect(kubectl(['exec', 'web', '-c', 'none', '--', 'true']).stderr).toBe(
      'Error from server (BadRequest): container none is not valid for pod web\n',
    );
    expect(kubectl(['exec', 'none', '--', 'true']).stderr).toBe(
      'Error from server (NotFound): pods "none" not found\n',
    );
  });

  it('shows logs, in part and as they come', async () => {
    expect(kubectl(['logs', 'web', '-c', 'ticker']).stdout).toMatch(/^line 0\nline 1\n/);
    expect(kubectl(['logs', 'web', '-c', 'ticker', '--tail=2']).stdout.trim().split('\n')).toHaveLength(2);
    expect(kubectl(['logs', 'web', '-c', 'ticker', '--limit-bytes=6']).stdout).toBe('line 0');
    expect(kubectl(['logs', 'web', '-c', 'ticker', '--timestamps']).stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z line 0\n/);
    expect(kubectl(['logs', 'web', '-c', 'ticker', '--previous']).stderr).toBe(
      'Error from server (BadRequest): previous terminated container "ticker" in pod "web" not found\n',
    );
    const following = spawn('kubectl', ['logs', '-f', '--tail=1', 'web', '-c', 'ticker'], { env });
    let text = '';
    following.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.split('\n').length > 4) following.kill();
    });
    await once(following, 'close');
    const numbers = [...text.matchAll(/line (\d+)\n/g)].map(([, number]) => Number(number));
    expect(numbers.length).toBeGreaterThanOrEqual(4);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  it('runs a pod, prints what it says and removes it', () => {
    const args = ['run', 'once', '--image=busybox', '--restart=Never', '-i', '--rm', '--', 'sh', '-c', 'echo hello'];
    const { code, stdout } = kubectl(args);
    expect(stdout).toMatch(/^hello\npod "once" deleted/);
    expect(code).toBe(0);
  });

  it('shows what pods and nodes use', () => {
    expect(columns(kubectl(['top', 'pods', '--containers']).stdout)).toEqual([
      ['POD', 'NAME', 'CPU(cores)', 'MEMORY(bytes)'],
      ['web', 'main', '100m', '32Mi'],
      ['web', 'ticker', '5m', '32Mi'],
    ]);
    expect(columns(kubectl(['top', 'nodes', '--no-headers']).stdout)).toEqual([
      ['node-1', '205m', '5%', '576Mi', '3%'],
    ]);
  });

  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };

  function kubectl(args: readonly string[], input?: string): { code: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync('kubectl', args, {
      encoding: 'utf8',
      timeout: 60_000,
      env,
      ...(input === undefined ? {} : { input }),
    });
    return { code: status, stdout, stderr };
  }
});

function columns(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}
