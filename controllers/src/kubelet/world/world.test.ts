import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../../apimachinery/kinds.ts';
import { authenticateToken } from '../../apiserver/authentication/service-account-tokens.ts';
import { createTestCluster, pod } from '../../simulation/simulation.testing.ts';
import { outcomeOf } from '../command.ts';
import { containerLog } from '../logs.ts';
import { EMPTY_WORLD } from './world.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

function run(script: string, world: Partial<typeof EMPTY_WORLD> = {}) {
  const outcome = outcomeOf(['sh', '-c', script, 'name', 'first'], { world: () => ({ ...EMPTY_WORLD, ...world }) });
  return outcome && { ...outcome, text: outcome.output.map(({ text }) => text).join('') };
}

describe('a script', () => {
  test.each([
    ['if [ 1 -lt 2 ]; then echo yes; else echo no; fi', 'yes\n', 0],
    ['if false; then :; elif test -z ""; then echo second; fi', 'second\n', 0],
    ['for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done', '1\n3\n', 0],
    ['n=0; while [ $n -lt 3 ]; do n=$((n + 1)); done; echo "n=$n"', 'n=3\n', 0],
    ['echo a > /tmp/x; echo b >> /tmp/x; cat < /tmp/x | grep -v a', 'b\n', 0],
    ['echo \'a  b\' "c  d" e  f', 'a  b c  d e f\n', 0],
    ['X="1 2"; for i in $X "$X"; do echo "<$i>"; done', '<1>\n<2>\n<1 2>\n', 0],
    ['echo $(echo inner; echo more) `echo old`', 'inner more old\n', 0],
    [`echo \${A:-none} \${HOME-x}; echo "$0 $1 $#"`, 'none x\nname first 1\n', 0],
    ['set -e; false || echo kept; false; echo never', 'kept\n', 1],
    ['(exit 3); echo $?', '3\n', 0],
    ['! true || ! false && echo both', 'both\n', 0],
    ['cat /none', "cat: can't open '/none': No such file or directory\n", 1],
    ['[[ a == b ]] && echo same || echo other', 'other\n', 0],
    ['X=1 printenv X; echo "[$X]"', '1\n[]\n', 0],
    ['printf "%s-%s\\n" a b c d', 'a-b\nc-d\n', 0],
    ['exec echo gone; echo never', 'gone\n', 0],
    ['touch here && [ -f /here ] && rm here; ls /here', 'ls: /here: No such file or directory\n', 1],
    ['ip link add x type dummy || true', 'ip: RTNETLINK answers: Operation not permitted\n', 0],
    ['expr 7 % 2; echo $((2 * (3 + 4)))', '1\n14\n', 0],
    [`echo \${NEEDED:?}`, 'name: NEEDED: parameter not set or null\n', 2],
  ])('%s', (script, text, exitCode) => {
    expect(run(script)).toMatchObject({ text, exitCode });
  });

  test.each(['case x in x) ;; esac', 'curl http://x', 'sleep 5 &', 'echo "open', `echo \${x/a/b}`, 'f() { :; }'])(
    'is not understood: %s',
    (script) => {
      expect(run(script)).toBeUndefined();
    },
  );

  test.each(['while true; do sleep 1; done', 'while :; do echo x; done', 'until false; do sleep 1; done', 'sleep inf'])(
    'never ends: %s',
    (script) => {
      expect(run(script)?.duration).toBe(Number.POSITIVE_INFINITY);
    },
  );

  test('takes the time of its sleeps, and writes at its times', () => {
    const outcome = run('echo a; sleep 2; echo b; sleep 0.5s');
    expect(outcome?.duration).toBe(2500);
    expect(outcome?.output.map(({ after }) => after)).toEqual([0, 2000]);
  });

  test('that asks for much is given up', () => {
    expect(run('while [ 1 = 1 ]; do :; done')?.duration).toBe(Number.POSITIVE_INFINITY);
    expect(run('x=a; while [ 1 = 1 ]; do x="$x$x$x"; done')).toBeUndefined();
    expect(run('echo a > /x; while [ 1 = 1 ]; do cat /x >> /x; done')?.duration).toBe(Number.POSITIVE_INFINITY);
    expect(run(`echo $((${'('.repeat(4000)}1${')'.repeat(4000)}))`)).toBeUndefined();
    expect(run(`echo ${'$('.repeat(4000)}:${')'.repeat(4000)}`)).toBeUndefined();
    expect(run('f="(((("; echo "$f"')).toBeDefined();
    expect(run(`${'('.repeat(100)}:${')'.repeat(100)}`)).toBeUndefined();
  });
});

describe('a container', () => {
  function logOf(container: Partial<Container>, spec: Readonly<Record<string, unknown>> = {}): string {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config' },
      data: { 'a.txt': 'alpha', key: 'value' },
      binaryData: { 'b.bin': 'AAEC/w==' },
    });
    cluster.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'secret' },
      stringData: { password: 'pass' },
    });
    cluster.create('pods', pod('app', { container, spec: { restartPolicy: 'Never', ...spec } }));
    cluster.pass(20);
    const { client } = cluster.simulation;
    const now = cluster.simulation.now();
    return containerLog(
      cluster.get('pods', 'app'),
      { container: 'main', previous: false, timestamps: false },
      { client, now },
    );
  }
  const env = ['sh', '-c', 'env'];

  test('has the environment that its spec gives it', () => {
    const log = logOf({
      command: env,
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'config' } }],
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)-$(NONE)-$$(A)' },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'secret', key: 'password' } } },
        { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      ],
      resources: { limits: { cpu: '1250m' } },
    });
    for (const line of ['P_key=value', 'A=a', 'B=a-$(NONE)-$(A)', 'SECRET=pass', 'NAME=app', 'CPU=2']) {
      expect(log).toContain(`${line}\n`);
    }
    expect(log).toMatch(/^IP=10\./m);
    expect(log).toContain('KUBERNETES_SERVICE_HOST=10.96.0.1\n');
    expect(log).toContain('HOSTNAME=app\n');
  });

  test('finds the files of its volumes', () => {
    const volumes = [
      { name: 'config', configMap: { name: 'config', items: [{ key: 'a.txt', path: 'dir/a' }] } },
      {
        name: 'all',
        projected: {
          defaultMode: 0o400,
          sources: [
            { secret: { name: 'secret' } },
            { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          ],
        },
      },
      { name: 'scratch', emptyDir: { medium: 'Memory' } },
    ];
    const volumeMounts = [
      { name: 'config', mountPath: '/config' },
      { name: 'all', mountPath: '/all' },
      { name: 'scratch', mountPath: '/scratch' },
    ];
    const script = 'cat /config/dir/a; echo; ls /all; cat /all/password; echo; cat /all/labels';
    expect(logOf({ command: ['sh', '-c', script], volumeMounts }, { volumes })).toBe(
      'alpha\nlabels\npassword\npass\napp="web"',
    );
    const args = ['mounttest', '--fs_type=/scratch', '--new_file_0666=/scratch/new', '--file_mode=/all/password'];
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
    expect(logOf({ image, args, volumeMounts }, { volumes })).toBe(
      [
        'mount type of "/scratch": tmpfs',
        'content of file "/scratch/new": mount-tester new file',
        '',
        'mode of file "/all/password": -r--------',
        '',
      ].join('\n'),
    );
  });

  test('has the token of its account, which goes with the pod', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const { simulation } = cluster;
    cluster.create('pods', pod('app', { container: { command: ['cat', `${ACCOUNT}/token`] } }));
    cluster.pass(5);
    const [app] = cluster.pods();
    if (app === undefined) throw new Error('the pod is not there');
    const query = { container: 'main', previous: false, timestamps: false };
    const read = () => containerLog(app, query, { client: simulation.client, now: simulation.now() }).trim();
    const before = JSON.stringify(simulation.snapshot().random);
    const token = read();
    expect(JSON.stringify(simulation.snapshot().random)).toBe(before);
    expect(authenticateToken(simulation.api.core, token)).toMatchObject({
      user: {
        username: 'system:serviceaccount:default:default',
        extra: {
          'authentication.kubernetes.io/pod-name': ['app'],
          'authentication.kubernetes.io/node-name': ['node-1'],
        },
      },
    });
    simulation.client.delete('pods', { namespace: 'default', name: 'app' }, { gracePeriodSeconds: 0 });
    expect(authenticateToken(simulation.api.core, token)).toEqual({
      error: 'service account token has been invalidated',
    });
  });

  test('may mount a part of a volume, which is made there, but none outside of it', () => {
    const env = [
      { name: 'ROOT', value: '/root' },
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    const volumes = [{ name: 'scratch', emptyDir: {} }];
    const mounts = (subPathExpr: string) => [
      { name: 'scratch', mountPath: '/part', subPathExpr },
      { name: 'scratch', mountPath: '/all' },
    ];
    const command = ['sh', '-c', 'ls /all; touch /part/x && echo written'];
    expect(logOf({ command, env, volumeMounts: mounts('$(NAME)') }, { volumes })).toBe('app\nwritten\n');
    expect(logOf({ command, env, volumeMounts: mounts('$(ROOT)') }, { volumes })).toBe('');
  });

  test('finds what was written to the empty directories of its pod before', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const volumes = [{ name: 'scratch', emptyDir: {} }];
    const at = (mountPath: string) => [{ name: 'scratch', mountPath }];
    const script = 'cat /in/config; if [ -r /in/ran ]; then exit 0; else touch /in/ran; exit 1; fi';
    const initContainers = [
      { name: 'init', image: 'busybox', command: ['sh', '-c', 'echo made > /out/config'], volumeMounts: at('/out') },
    ];
    const container = { command: ['sh', '-c', script], volumeMounts: at('/in') };
    cluster.create('pods', pod('app', { container, spec: { restartPolicy: 'OnFailure', initContainers, volumes } }));
    cluster.pass(60);
    const app = cluster.get<Pod>('pods', 'app');
    expect(app.status?.phase).toBe('Succeeded');
    expect(app.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    const { client } = cluster.simulation;
    const query = { container: 'main', previous: false, timestamps: false };
    expect(containerLog(app, query, { client, now: cluster.simulation.now() })).toBe('made\n');
  });

  test('is the user that its spec says', () => {
    const securityContext = { runAsUser: 1001, runAsGroup: 2002, fsGroup: 3003 };
    expect(logOf({ command: ['sh', '-c', 'id -u; id -G'] }, { securityContext })).toBe('1001\n2002 3003\n');
  });

  test('says of its end what it wrote for that, or the end of its log', () => {
    const ended = (container: Partial<Container>) => {
      const cluster = createTestCluster({ nodes: 1 });
      cluster.create('pods', pod('app', { container, spec: { restartPolicy: 'Never' } }));
      cluster.pass(20);
      return cluster.pods()[0]?.status?.containerStatuses?.[0]?.state?.terminated;
    };
    const script = (text: string) => ['sh', '-c', text];
    expect(ended({ command: script('echo -n OK > /dev/termination-log') })).toMatchObject({
      exitCode: 0,
      message: 'OK',
    });
    const terminationMessagePolicy = 'FallbackToLogsOnError';
    expect(ended({ command: script('echo -n why; exit 4'), terminationMessagePolicy })).toMatchObject({
      exitCode: 4,
      message: 'why',
    });
    expect(ended({ command: script('echo fine'), terminationMessagePolicy })).not.toHaveProperty('message');
  });
});
