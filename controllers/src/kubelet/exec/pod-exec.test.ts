import { describe, expect, it } from 'vitest';
import type { Pod } from '../../apimachinery/kinds.ts';
import type { ExecOutcome } from '../../apiserver/kubelet-answers.ts';
import { createSimulation } from '../../simulation/simulation.ts';

function cluster() {
  const simulation = createSimulation({ name: 'exec', nodes: 1 });
  const { client } = simulation;
  client.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'conf', namespace: 'default' },
    data: { 'a.txt': 'hello\n' },
  });
  client.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      volumes: [{ name: 'conf', configMap: { name: 'conf' } }],
      containers: [
        {
          name: 'main',
          image: 'httpd:2.4',
          env: [{ name: 'MODE', value: 'prod' }],
          readinessProbe: { httpGet: { path: '/index.html', port: 80 }, periodSeconds: 1, failureThreshold: 1 },
          volumeMounts: [{ name: 'conf', mountPath: '/etc/conf' }],
        },
      ],
    },
  });
  simulation.advance(10_000);
  const target = { namespace: 'default', pod: 'web', container: 'main' };
  const open = () => {
    const session = simulation.api.core.kubelet?.exec(target);
    if (session === undefined) throw new Error('the container does not run');
    return session;
  };
  const run = (command: readonly string[], stdin = ''): ExecOutcome | undefined => {
    let outcome: ExecOutcome | undefined;
    open().run(command, stdin, (given) => {
      outcome = given;
    });
    return outcome;
  };
  const isReady = (): boolean | undefined =>
    client.find<Pod>('pods', { namespace: 'default', name: 'web' })?.status?.containerStatuses?.[0]?.ready;
  return { simulation, target, open, run, isReady };
}

describe('commands in containers', () => {
  it('see the variables, files and name of their pod', () => {
    const { run } = cluster();
    const command = ['sh', '-c', 'echo $MODE; cat /etc/conf/a.txt; hostname; exit 3'];
    expect(run(command)).toEqual({ stdout: 'prod\nhello\nweb\n', stderr: '', exitCode: 3 });
    expect(run(['date', '+%s'])?.stdout).toBe('1767225610\n');
  });

  it('read their input', () => {
    const { open, run } = cluster();
    expect(open().readsInput(['cat'])).toBe(true);
    expect(open().readsInput(['cat', '/etc/conf/a.txt'])).toBe(false);
    expect(run(['cat'], 'piped')?.stdout).toBe('piped');
    expect(run(['sh'], 'echo from a script')?.stdout).toBe('from a script\n');
  });

  it('are not found, or not understood, where simulated containers do not have them', () => {
    const { run } = cluster();
    expect(run(['pg_dump'])).toMatchObject({ stdout: '', exitCode: 127 });
    expect(run(['pg_dump'])?.stderr).toContain('exec: "pg_dump": executable file not found in $PATH');
    expect(run(['sh', '-c', 'pg_dump'])).toMatchObject({ exitCode: 126 });
  });

  it("take the cluster's time", () => {
    const { simulation, open } = cluster();
    const codes: number[] = [];
    open().run(['sh', '-c', 'sleep 5; exit 4'], '', ({ exitCode }) => codes.push(exitCode));
    simulation.advance(4000);
    expect(codes).toEqual([]);
    simulation.advance(1000);
    expect(codes).toEqual([4]);
  });

  it('change what probes find, until the file is back', () => {
    const { simulation, run, isReady } = cluster();
    const page = '/usr/local/apache2/htdocs/index.html';
    expect(isReady()).toBe(true);
    expect(run(['sh', '-c', `mv -v ${page} /tmp/ || true`])?.exitCode).toBe(0);
    simulation.advance(3000);
    expect(isReady()).toBe(false);
    expect(run(['ls', '/tmp'])?.stdout).toBe('index.html\n');
    expect(run(['mv', '/tmp/index.html', '/usr/local/apache2/htdocs/'])?.exitCode).toBe(0);
    simulation.advance(3000);
    expect(isReady()).toBe(true);
  });

  it('need a container that runs', () => {
    const { simulation, target } = cluster();
    simulation.client.delete('pods', { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 });
    simulation.advance(5000);
    expect(simulation.api.core.kubelet?.exec(target)).toBeUndefined();
  });
});
