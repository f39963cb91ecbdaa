/**
 * Real charts by the real helm on a simulated cluster: installed until all is ready, upgraded, rolled back and
 * uninstalled, and nothing of them is left but what real clusters keep. Our own examples are always there; public charts
 * where the recorded cases are.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasShared, REPOSITORY, SHARED } from '../support/repository.ts';
import { type PeerCluster, startPeerCluster } from './support/peer-cluster.ts';

interface ChartCase {
  readonly name: string;
  readonly path: string;
  /** Helm 3 runs a part, since most is the same; that part is rolled back, too. */
  readonly programs: readonly string[];
}

const BOTH = ['helm', 'helm3'];

const OWN: readonly ChartCase[] = ['bookshop', join('two-engines', 'gotpl')].map((name) => ({
  name,
  path: join(REPOSITORY, 'charts', 'examples', name),
  programs: BOTH,
}));

/** Each with something that others don't have: a StatefulSet with claims, a DaemonSet, Jobs, definitions, roles, webhooks. */
const PUBLIC: readonly (readonly [name: string, programs?: readonly string[]])[] = [
  ['argo/argo-rollouts'],
  ['argo/argo-events'],
  ['bitnami/apache', BOTH],
  ['bitnami/argo-cd'],
  ['bitnami/cert-manager'],
  ['bitnami/consul'],
  ['bitnami/grafana-operator'],
  ['bitnami/keycloak'],
  ['bitnami/kube-state-metrics'],
  ['bitnami/memcached'],
  ['bitnami/mysql'],
  ['bitnami/nats'],
  ['bitnami/node-exporter'],
  ['bitnami/postgresql', BOTH],
  ['bitnami/rabbitmq'],
  ['grafana/loki-distributed'],
  ['prom/alertmanager'],
  ['prom/prometheus', BOTH],
  ['prom/prometheus-operator-crds', BOTH],
  ['prom/prometheus-pushgateway'],
];

const IS_SHARED = hasShared('charts');

function publicCharts(): readonly ChartCase[] {
  if (!IS_SHARED) return [];
  return PUBLIC.map(([name, programs = ['helm']]) => {
    const [folder = '', chart = ''] = name.split('/');
    const file = readdirSync(join(SHARED, 'charts', folder)).find(
      (entry) => entry.endsWith('.tgz') && new RegExp(`^${chart}-\\d`).test(entry),
    );
    if (file === undefined) throw new Error(`${name} is not in ${SHARED}`);
    return { name, path: join(SHARED, 'charts', folder, file), programs };
  });
}

describe('real charts on a simulated cluster', () => {
  let cluster: PeerCluster;

  beforeAll(async () => {
    cluster = await startPeerCluster(['--clock-rate', '20']);
  });

  afterAll(async () => {
    expect(cluster?.log()).toMatch(/^drydock serves .*\n$/);
    await cluster?.close();
  });

  describe('our own examples', () => {
    for (const chart of OWN) testChart(chart);
  });

  describe.skipIf(!IS_SHARED)('public charts (skipped where the recorded cases are not there)', () => {
    for (const chart of publicCharts()) testChart(chart);
  });

  function testChart({ name, path, programs }: ChartCase): void {
    it.each(programs)(`${name} by %s`, (program) => {
      const namespace = `${program}-${name.replaceAll('/', '-')}`;
      const helm = (line: string): string => {
        const { code, stdout, stderr } = cluster.run(program, [...line.split(' '), '-n', namespace]);
        expect(code, `${program} ${line}: ${stderr}`).toBe(0);
        return stdout;
      };
      const kubectl = (line: string) =>
        cluster.kubectl(`-n ${namespace} ${line}`, { saying: /^(No resources found.*)?$/ });
      const wait = '--wait --timeout 60s';

      const installed = helm(`install rel ${path} --create-namespace ${wait}`);
      expect(installed).toMatch(/^NAME: rel\nLAST DEPLOYED: .*\nNAMESPACE: .*\nSTATUS: deployed\nREVISION: 1\n/m);
      for (const pod of podsOf(kubectl('get pods -o json'))) expect(pod.isFine, pod.name).toBe(true);
      expect(helm(`upgrade rel ${path} --reuse-values ${wait}`)).toContain(
        'Release "rel" has been upgraded. Happy Helming!\n',
      );
      if (programs === BOTH) {
        expect(helm(`rollback rel 1 ${wait}`)).toBe('Rollback was a success! Happy Helming!\n');
        expect(helm('history rel')).toMatch(
          /^1\s.*\ssuperseded\s[\s\S]*^2\s.*\ssuperseded\s[\s\S]*^3\s.*\sdeployed\s.*\sRollback to 1\s*$/m,
        );
      }
      expect(helm('get manifest rel')).toMatch(/^---\n# Source: /);
      expect(helm(`uninstall rel ${wait}`)).toContain('release "rel" uninstalled\n');
      expect(
        kubectl(
          'get deployments,statefulsets,daemonsets,services,secrets -l app.kubernetes.io/managed-by=Helm -o name',
        ),
      ).toBe('');
      cluster.kubectl(`delete namespace ${namespace} --wait=false`);
    });
  }
});

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Ready, or done. */
function podsOf(list: string): readonly { readonly name: string; readonly isFine: boolean }[] {
  return (JSON.parse(list) as { items: Pod[] }).items.map(({ metadata, status }) => ({
    name: metadata.name,
    isFine:
      status.phase === 'Succeeded' ||
      status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true,
  }));
}
