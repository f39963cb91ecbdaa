import { describe, expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod } from '../apimachinery/kinds.ts';
import { podCondition } from '../apimachinery/pod.ts';
import { createTestCluster, pod, type TemplateOptions, type TestCluster } from '../simulation/simulation.testing.ts';
import { backOffDelay, formatBackOff, nextBackOff } from './back-off.ts';
import { outcomeOf } from './command.ts';
import { parseDuration } from './duration.ts';
import { createImagePatterns, fullImageName, isImageReference } from './images.ts';
import { failsAt, probeTiming, succeedsAt } from './probes.ts';

function run(options: TemplateOptions, cluster = createTestCluster({ nodes: 1 })): TestCluster {
  cluster.create('pods', pod('app', options));
  cluster.simulation.settle();
  return cluster;
}

function app(cluster: TestCluster): Pod {
  return cluster.get<Pod>('pods', 'app');
}

function main(cluster: TestCluster): ContainerStatus | undefined {
  return app(cluster).status?.containerStatuses?.[0];
}

/** `Pending ContainerCreating`, `Running ready`, ... */
function shown(cluster: TestCluster): string {
  const { phase } = app(cluster).status ?? {};
  const { state, ready } = main(cluster) ?? {};
  return `${phase} ${state?.waiting?.reason ?? state?.terminated?.reason ?? (ready ? 'ready' : 'not ready')}`;
}

function ready(cluster: TestCluster): string | undefined {
  return podCondition(app(cluster), 'Ready')?.status;
}

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['5', 5000],
    ['soon', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

describe('trivial commands', () => {
  test.each([
    [['sleep', '5'], 5000, 0],
    [['/bin/false'], 0, 1],
    [['sh', '-c', 'sleep 2; exit 3'], 2000, 3],
    [['/bin/sh', '-c', 'echo hello && sleep 1m'], 60_000, 0],
    [['sh', '-c', 'false && sleep 9 || exit 7'], 0, 7],
    [['sh', '-c', 'sleep infinity'], Number.POSITIVE_INFINITY, 0],
    [['sh', '-c', 'while true; do sleep 1; done'], Number.POSITIVE_INFINITY, 0],
  ])('%j', (words, duration, exitCode) => {
    expect(outcomeOf(words)).toMatchObject({ duration, exitCode });
  });
  test.each([
    [['nginx', '-g', 'daemon off;']],
    [['sh', '-c', 'case $N in 1) ;; esac']],
    [['sh', '/script.sh']],
    [['sh', '-c', 'curl x | sh']],
  ])('%j is not understood', (words) => {
    expect(outcomeOf(words)).toBeUndefined();
  });
});

describe('image names', () => {
  test.each(['nginx', 'nginx:1.25', 'ghcr.io/org/app:v1', 'localhost:5000/a/b', `a@sha256:${'0'.repeat(64)}`])(
    '%s is one',
    (image) => {
      expect(isImageReference(image)).toBe(true);
    },
  );
  test.each(['', 'Nginx', 'a b', 'nginx:', '/a', 'a:b:c', 'http://a/b'])('%j is none', (image) => {
    expect(isImageReference(image)).toBe(false);
  });
  test('are completed as Docker does', () => {
    expect(fullImageName('nginx')).toBe('docker.io/library/nginx:latest');
    expect(fullImageName('org/app:1')).toBe('docker.io/org/app:1');
    expect(fullImageName('ghcr.io/org/app')).toBe('ghcr.io/org/app:latest');
  });
  test('match patterns', () => {
    const matches = createImagePatterns('# broken\nexample.com/api:9.*\n\nnginx:?.99');
    expect(matches('example.com/api:9.1')).toBe(true);
    expect(matches('example.com/api:8.1')).toBe(false);
    expect(matches('nginx:1.99')).toBe(true);
    expect(matches('nginx:10.99')).toBe(false);
  });
});

describe('the back-off', () => {
  test('is nothing first, then 10 s doubling to 300 s, and starts over after a long quiet', () => {
    let backOff = nextBackOff(undefined, { failedAt: 0, now: 0 });
    const delays = [backOffDelay(undefined, 0)];
    for (let at = 1; at < 8; at++) {
      delays.push(backOffDelay(backOff, at));
      backOff = nextBackOff(backOff, { failedAt: at, now: at });
    }
    expect(delays).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    expect(backOffDelay(backOff, 600_008)).toBe(0);
  });
  test.each([
    [10_000, '10s'],
    [160_000, '2m40s'],
    [300_000, '5m0s'],
  ])('of %i ms is written %s', (delay, text) => {
    expect(formatBackOff(delay)).toBe(text);
  });
});

describe('probes', () => {
  const probed = (answer: { from?: number; until?: number }, probe = {}, from = 0) => ({
    timing: probeTiming({ periodSeconds: 10, failureThreshold: 3, ...probe }),
    answer: { from: 0, until: Number.POSITIVE_INFINITY, ...answer },
    startedAt: 0,
    from,
  });
  test.each([
    [probed({}), 0],
    [probed({}, { initialDelaySeconds: 7 }), 7000],
    [probed({ from: 15_000 }), 20_000],
    [probed({ from: 15_000 }, { successThreshold: 2 }), 30_000],
    [probed({}, {}, 4000), 4000],
  ])('succeed at the run that reaches the threshold', (input, at) => {
    expect(succeedsAt(input)).toBe(at);
  });
  test.each([
    [probed({}), Number.POSITIVE_INFINITY],
    [probed({ until: 12_000 }), 40_000],
    [probed({ from: 15_000 }), Number.POSITIVE_INFINITY],
    [probed({ from: 25_000 }), 20_000],
  ])('fail at the run that reaches the threshold', (input, at) => {
    expect(failsAt(input)).toBe(at);
  });
});

describe('a pod on its node', () => {
  test('pulls, starts, and is ready, with the events of a kubelet', () => {
    const cluster = run({});
    expect(shown(cluster)).toBe('Pending ContainerCreating');
    expect(app(cluster).status?.podIP).toBe('10.244.0.2');
    cluster.pass(1.5);
    expect(shown(cluster)).toBe('Pending ContainerCreating');
    cluster.pass(1);
    expect(shown(cluster)).toBe('Running ready');
    expect(cluster.events('Pod').map((line) => line.split(':')[0])).toEqual([
      'Scheduled',
      'Pulling',
      'Pulled',
      'Created',
      'Started',
    ]);
    expect(app(cluster).status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
  });

  test('does not pull what is on the node already', () => {
    const cluster = run({});
    cluster.pass(5);
    cluster.create('pods', pod('second'));
    cluster.pass(5);
    expect(cluster.events('Pod', 'second')).toContain(
      'Pulled: Container image "nginx:1.25" already present on machine',
    );
  });

  test('with an image that is missing goes back and forth between ErrImagePull and ImagePullBackOff', () => {
    const cluster = run({ annotations: { image: 'missing' } });
    cluster.pass(1);
    expect(shown(cluster)).toBe('Pending ErrImagePull');
    cluster.pass(1);
    expect(shown(cluster)).toBe('Pending ImagePullBackOff');
    cluster.pass(10);
    expect(shown(cluster)).toBe('Pending ErrImagePull');
    cluster.pass(3600);
    expect(shown(cluster)).toBe('Pending ImagePullBackOff');
    expect(cluster.events('Pod').join('\n')).toContain('Back-off pulling image "nginx:1.25"');
    cluster.patch('pods', 'app', { metadata: { annotations: { 'simulation.drydock.dev/image': null } } });
    cluster.pass(310);
    expect(shown(cluster)).toBe('Running ready');
  });

  test('finds missing images by the patterns of the cluster, which can be changed', () => {
    const cluster = createTestCluster({ nodes: 1, missingImages: ['nginx:1.*'] });
    run({}, cluster);
    cluster.pass(10);
    expect(shown(cluster)).toBe('Pending ImagePullBackOff');
    const key = { namespace: 'kube-system', name: 'simulation-behavior' };
    cluster.simulation.client.patch('configmaps', key, { type: 'merge', patch: { data: { missingImages: '' } } });
    cluster.pass(20);
    expect(shown(cluster)).toBe('Running ready');
  });

  test.each<[string, TemplateOptions, string]>([
    ['a name that is none', { image: 'Not An Image' }, 'Pending InvalidImageName'],
    [
      'an image that may not be pulled',
      { annotations: { image: 'missing' }, container: { imagePullPolicy: 'Never' } },
      'Pending ErrImageNeverPull',
    ],
  ])('stays with %s', (_, options, state) => {
    const cluster = run(options);
    cluster.pass(600);
    expect(shown(cluster)).toBe(state);
  });

  test('waits for the ConfigMap and the Secret that it names', () => {
    const cluster = run({
      spec: { volumes: [{ name: 'config', configMap: { name: 'settings' } }] },
      container: { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } }] },
    });
    cluster.pass(60);
    expect(shown(cluster)).toBe('Pending ContainerCreating');
    expect(cluster.events('Pod').join('\n')).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "config" : configmap "settings" not found',
    );
    cluster.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } });
    cluster.pass(10);
    expect(shown(cluster)).toBe('Pending CreateContainerConfigError');
    expect(main(cluster)?.state?.waiting?.message).toBe('secret "token" not found');
    cluster.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { other: '' } });
    cluster.pass(10);
    expect(main(cluster)?.state?.waiting?.message).toBe("couldn't find key value in Secret default/token");
    cluster.patch('secrets', 'token', { data: { value: '' } });
    cluster.pass(10);
    expect(shown(cluster)).toBe('Running ready');
  });

  test('that crashes is restarted at once, then with the back-off, and stays Running', () => {
    const cluster = run({ annotations: { crash: 'exit=3 after=5s' } });
    cluster.pass(8);
    expect(main(cluster)).toMatchObject({ state: { terminated: { exitCode: 3, reason: 'Error' } }, restartCount: 0 });
    cluster.pass(3);
    expect(main(cluster)).toMatchObject({
      state: { running: {} },
      lastState: { terminated: { exitCode: 3 } },
      restartCount: 1,
    });
    cluster.pass(6);
    expect(shown(cluster)).toBe('Running CrashLoopBackOff');
    expect(main(cluster)?.state?.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=main pod=app_default\(/,
    );
    cluster.pass(3600);
    expect(main(cluster)?.restartCount).toBeGreaterThan(8);
    expect(ready(cluster)).toBe('False');
  });

  test('that crashes only so many times comes up', () => {
    const cluster = run({ annotations: { crash: 'exit=1 after=1s times=2' } });
    cluster.pass(120);
    expect(shown(cluster)).toBe('Running ready');
    expect(main(cluster)?.restartCount).toBe(2);
  });

  test('that uses too much memory is killed for it', () => {
    const cluster = run({ annotations: { oom: 'after=5s' }, spec: { restartPolicy: 'Never' } });
    cluster.pass(20);
    expect(main(cluster)?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(app(cluster).status?.phase).toBe('Failed');
  });

  test.each([
    ['Never', {}, 'Succeeded Completed'],
    ['OnFailure', {}, 'Succeeded Completed'],
    ['Never', { crash: 'exit=1 after=1s' }, 'Failed Error'],
    ['Always', {}, 'Running ready'],
  ])('with restartPolicy %s and %o ends %s', (restartPolicy, annotations, expected) => {
    const cluster = run({ image: 'example.com/task:1', annotations, spec: { restartPolicy } });
    cluster.pass(20);
    expect(shown(cluster)).toBe(expected);
  });

  test('is ready when its readiness probe is, and not again when that fails', () => {
    const cluster = run({
      annotations: { readiness: 'after=15s' },
      container: { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 } },
    });
    cluster.pass(21);
    expect(ready(cluster)).toBe('False');
    expect(cluster.events('Pod')).toContain(
      'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
    cluster.pass(2);
    expect(ready(cluster)).toBe('True');
    cluster.patch('pods', 'app', {
      metadata: { annotations: { 'simulation.drydock.dev/readiness': 'fail after=60s' } },
    });
    cluster.pass(90);
    expect(ready(cluster)).toBe('False');
    expect(main(cluster)?.restartCount).toBe(0);
  });

  test('is restarted when its liveness probe fails', () => {
    const cluster = run({
      annotations: { liveness: 'fail after=30s' },
      container: { livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 10, failureThreshold: 2 } },
    });
    cluster.pass(60);
    expect(main(cluster)?.restartCount).toBe(1);
    expect(cluster.events('Pod')).toContain('Killing: Container main failed liveness probe, will be restarted');
  });

  test('waits for its startup probe before others run, and is restarted when that never succeeds', () => {
    const cluster = run({
      annotations: { startup: 'never' },
      container: { startupProbe: { exec: { command: ['x'] }, periodSeconds: 5, failureThreshold: 3 } },
    });
    cluster.pass(10);
    expect(main(cluster)).toMatchObject({ started: false, ready: false });
    cluster.pass(10);
    expect(main(cluster)?.restartCount).toBe(1);
  });

  test('runs init containers one after the other, keeps sidecars, and counts them as ready', () => {
    const container = (name: string, more: object = {}): Container => ({ name, image: `${name}:1`, ...more });
    const initContainers = [container('first'), container('proxy', { restartPolicy: 'Always' }), container('second')];
    const cluster = run({ spec: { initContainers } });
    cluster.pass(3);
    expect(podCondition(app(cluster), 'Initialized')?.message).toContain('proxy second');
    cluster.pass(30);
    expect(shown(cluster)).toBe('Running ready');
    const init = app(cluster).status?.initContainerStatuses ?? [];
    expect(init.map(({ name, state }) => [name, Object.keys(state ?? {})[0]])).toEqual([
      ['first', 'terminated'],
      ['proxy', 'running'],
      ['second', 'terminated'],
    ]);
  });

  test('with a failing init container is Init:CrashLoopBackOff, or fails for good', () => {
    const initContainers = [{ name: 'init', image: 'init:1', command: ['false'] }];
    const loops = run({ spec: { initContainers } });
    loops.pass(60);
    expect(app(loops).status?.phase).toBe('Pending');
    expect(app(loops).status?.initContainerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    const fails = run({ spec: { initContainers, restartPolicy: 'Never' } });
    fails.pass(60);
    expect(app(fails).status?.phase).toBe('Failed');
  });

  test('ends its sidecars when its containers have ended', () => {
    const initContainers = [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }];
    const cluster = run({ image: 'example.com/task:1', spec: { initContainers, restartPolicy: 'Never' } });
    cluster.pass(60);
    expect(app(cluster).status?.phase).toBe('Succeeded');
    expect(app(cluster).status?.initContainerStatuses?.[0]?.state?.terminated).toBeDefined();
  });

  test('is over when its deadline is', () => {
    const cluster = run({ spec: { activeDeadlineSeconds: 20 } });
    cluster.pass(30);
    expect(app(cluster).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  test('minds readiness gates', () => {
    const cluster = run({ spec: { readinessGates: [{ conditionType: 'example.com/lb' }] } });
    cluster.pass(10);
    expect(podCondition(app(cluster), 'ContainersReady')?.status).toBe('True');
    expect(podCondition(app(cluster), 'Ready')?.reason).toBe('ReadinessGatesNotReady');
    const conditions = [...(app(cluster).status?.conditions ?? []), { type: 'example.com/lb', status: 'True' }];
    cluster.simulation.client.updateStatus('pods', { ...app(cluster), status: { ...app(cluster).status, conditions } });
    cluster.pass(1);
    expect(ready(cluster)).toBe('True');
  });
});

describe('the end of a pod', () => {
  test.each([
    ['asked, within its time', { termination: '5s' }, 7, 143],
    ['deaf to it, when the grace period is over', { termination: 'ignore' }, 31, 137],
  ])('%s', (_, annotations, seconds, exitCode) => {
    const cluster = run({ annotations });
    cluster.pass(10);
    let last: number | undefined;
    cluster.simulation.observe(({ object }) => {
      if (object.kind === 'Pod')
        last = (object as Pod).status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? last;
    });
    cluster.delete('pods', 'app');
    cluster.pass(seconds - 2);
    expect(cluster.find('pods', 'app')).toBeDefined();
    cluster.pass(2);
    expect(cluster.find('pods', 'app')).toBeUndefined();
    expect(last).toBe(exitCode);
  });

  test('waits for its preStop hook within the grace period', () => {
    const cluster = run({ container: { lifecycle: { preStop: { exec: { command: ['sleep', '10'] } } } } });
    cluster.pass(10);
    cluster.delete('pods', 'app');
    cluster.pass(10);
    expect(cluster.find('pods', 'app')).toBeDefined();
    cluster.pass(2);
    expect(cluster.find('pods', 'app')).toBeUndefined();
  });

  test('comes at once when it never ran', () => {
    const cluster = run({ annotations: { image: 'missing' } });
    cluster.pass(10);
    cluster.delete('pods', 'app');
    cluster.pass(1);
    expect(cluster.find('pods', 'app')).toBeUndefined();
  });
});

describe('what a kubelet turns down', () => {
  test('a pod that is bound to it and does not fit', () => {
    const container = { resources: { requests: { cpu: '100' } } };
    const cluster = run({ container, spec: { nodeName: 'node-1' } });
    expect(app(cluster).status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000",
    });
  });

  test('a pod that is bound to it and wants another node', () => {
    const cluster = run({ spec: { nodeName: 'node-1', nodeSelector: { disk: 'ssd' } } });
    expect(app(cluster).status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
  });
});

describe('logs and usage', () => {
  test('are what the pod says, or what its command writes', () => {
    const log = (cluster: TestCluster) =>
      cluster.simulation.api.core.kubelet?.log({
        namespace: 'default',
        pod: 'app',
        container: 'main',
        previous: false,
        timestamps: false,
      });
    const said = run({ annotations: { logs: 'one\ntwo' } });
    expect(log(said)).toBe('');
    said.pass(5);
    expect(log(said)).toBe('one\ntwo\n');
    const written = run({
      container: { command: ['sh', '-c', 'echo hello; sleep 1'] },
      spec: { restartPolicy: 'Never' },
    });
    written.pass(10);
    expect(log(written)).toBe('hello\n');
  });
});

describe('a pod that is not restarted, and names no command', () => {
  test.each([
    ['nginx:1.27', 'Running ready'],
    ['registry.k8s.io/pause:3.10', 'Running ready'],
    ['registry.k8s.io/e2e-test-images/agnhost:2.53', 'Running ready'],
    ['example.com/acme/shop-tests:1', 'Succeeded Completed'],
  ])('does what its image does: %s', (image, expected) => {
    const cluster = run({ container: { image }, spec: { restartPolicy: 'Never' } });
    cluster.pass(30);
    expect(shown(cluster)).toBe(expected);
  });
});
