/** The fleet as events make it, and what the page shows of it. */
import type { ClusterSummary, PodSummary, ReleaseSummary, ServerEvent } from '@drydock/tiller/api';
import { describe, expect, test } from 'vitest';
import { formatFilter, matchesPod, noFilter, parseFilter } from './filter.ts';
import { applyEvents, emptyFleet } from './fleet.ts';
import { maxPods, overviewOf } from './overview.ts';
import { countTone, podTone, releaseTone } from './tone.ts';

function cluster(name: string, changes: Partial<ClusterSummary> = {}): ServerEvent {
  const summary: ClusterSummary = {
    name,
    kubernetesVersion: 'v1.34.0',
    nodes: 3,
    readyNodes: 3,
    pods: 0,
    readyPods: 0,
    now: '2026-01-01T00:10:00Z',
    server: `/clusters/${name}`,
    ...changes,
  };
  return { type: 'cluster', deleted: false, cluster: summary };
}

function podOf(name: string, changes: Partial<PodSummary> = {}): PodSummary {
  return {
    cluster: 'dev',
    namespace: 'shop',
    name,
    status: 'Running',
    readyContainers: 1,
    containers: 1,
    restarts: 0,
    ready: true,
    createdAt: '2026-01-01T00:00:00Z',
    ...changes,
  };
}

function pod(name: string, changes: Partial<PodSummary> = {}): ServerEvent {
  return { type: 'pod', deleted: false, pod: podOf(name, changes) };
}

function release(name: string, changes: Partial<ReleaseSummary> = {}): ServerEvent {
  const summary: ReleaseSummary = {
    cluster: 'dev',
    namespace: 'shop',
    name,
    revision: 1,
    status: 'deployed',
    chart: 'bookshop',
    chartVersion: '0.1.0',
    appVersion: '1.0',
    updated: '2026-01-01T00:00:00Z',
    description: 'Install complete',
    ...changes,
  };
  return { type: 'release', deleted: false, release: summary };
}

describe('applyEvents', () => {
  test('adds, changes and removes, and leaves the fleet before as it was', () => {
    const first = applyEvents(emptyFleet, [cluster('dev'), release('web'), pod('a'), pod('b'), { type: 'ready' }]);
    const second = applyEvents(first, [
      cluster('dev', { pods: 1 }),
      release('web', { revision: 2 }),
      { type: 'pod', deleted: true, pod: podOf('a') },
    ]);
    expect([first.pods.size, second.pods.size]).toEqual([2, 1]);
    expect([...second.releases.values()].map(({ revision }) => revision)).toEqual([2]);
    expect(second.clusters.get('dev')?.pods).toBe(1);
    expect(emptyFleet.pods.size).toBe(0);
  });

  test('takes the pods of a deleted cluster away, and of no other', () => {
    const fleet = applyEvents(emptyFleet, [cluster('dev'), cluster('prod'), pod('a'), pod('a', { cluster: 'prod' })]);
    const deleted = { ...cluster('dev'), deleted: true } as ServerEvent;
    const { clusters, pods } = applyEvents(fleet, [deleted]);
    expect([...clusters.keys()]).toEqual(['prod']);
    expect([...pods.values()].map((item) => item.cluster)).toEqual(['prod']);
  });

  test('keeps names apart that are the same in another namespace, and names like __proto__', () => {
    const { pods } = applyEvents(emptyFleet, [pod('__proto__'), pod('__proto__', { namespace: 'other' })]);
    expect(pods.size).toBe(2);
  });
});

describe('overviewOf', () => {
  const fleet = applyEvents(emptyFleet, [
    cluster('prod'),
    cluster('dev'),
    release('web'),
    release('api'),
    release('web', { cluster: 'prod' }),
    pod('web-2', { release: 'web' }),
    pod('web-1', { release: 'web', status: 'CrashLoopBackOff', ready: false }),
    pod('web-1', { release: 'web', namespace: 'other' }),
    pod('web-1', { release: 'web', cluster: 'prod' }),
    pod('alone'),
  ]);

  test('puts rows in the order of cluster, namespace and name, and pods to their release', () => {
    const overview = overviewOf(fleet, noFilter);
    expect(overview.clusters.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(overview.releases.map(({ key, pods }) => [key, pods.map(({ name }) => name)])).toEqual([
      ['dev/shop/api', []],
      ['dev/shop/web', ['web-1', 'web-2']],
      ['prod/shop/web', ['web-1']],
    ]);
    expect(overview.pods.map(({ key }) => key)).toEqual([
      'dev/other/web-1',
      'dev/shop/alone',
      'dev/shop/web-1',
      'dev/shop/web-2',
      'prod/shop/web-1',
    ]);
    expect(overview.releases[0]?.now).toBe('2026-01-01T00:10:00Z');
  });

  test('is narrowed by cluster, release and text; clusters stay', () => {
    const narrowed = overviewOf(fleet, { ...noFilter, cluster: 'dev', namespace: 'shop', release: 'web' });
    expect([narrowed.clusters.length, narrowed.releases.length, narrowed.podTotal]).toEqual([2, 1, 2]);
    expect(overviewOf(fleet, { ...noFilter, text: ' crash' }).podTotal).toBe(1);
    expect(overviewOf(fleet, { ...noFilter, text: 'nothing' }).releases).toEqual([]);
  });

  test('shows no more pods than are of use, and says how many there are', () => {
    const many = applyEvents(
      emptyFleet,
      Array.from({ length: maxPods + 7 }, (_, index) => pod(`p${index}`)),
    );
    const overview = overviewOf(many, noFilter);
    expect([overview.pods.length, overview.podTotal]).toEqual([maxPods, maxPods + 7]);
  });
});

describe('the filter', () => {
  test.each([noFilter, { cluster: 'dev', namespace: 'a b', release: 'x&y=z#', text: 'ü%20+' }])(
    'comes back out of the address: %j',
    (filter) => {
      expect(parseFilter(formatFilter(filter))).toEqual(filter);
    },
  );

  test('of another address is none', () => {
    expect(parseFilter('')).toEqual(noFilter);
    expect(parseFilter('#other=1&__proto__=x')).toEqual(noFilter);
  });

  test('does not take a pod without a release for one of a release', () => {
    expect(matchesPod({ ...noFilter, release: 'web' }, podOf('web-1'))).toBe(false);
  });
});

describe('tones', () => {
  test.each([
    ['Running', true, 'good'],
    ['Running', false, 'busy'],
    ['Pending', false, 'busy'],
    ['Init:0/2', false, 'busy'],
    ['Init:CrashLoopBackOff', false, 'bad'],
    ['ImagePullBackOff', false, 'bad'],
    ['Error', false, 'bad'],
    ['Completed', false, 'idle'],
    ['Terminating', true, 'busy'],
  ] as const)('a pod that is %s and ready: %s is %s', (status, ready, tone) => {
    expect(podTone(podOf('p', { status, ready }))).toBe(tone);
  });

  test('a release and a count have theirs', () => {
    expect([releaseTone('deployed'), releaseTone('failed'), releaseTone('pending-upgrade')]).toEqual([
      'good',
      'bad',
      'busy',
    ]);
    expect([countTone(0, 0), countTone(2, 2), countTone(1, 2), countTone(0, 2)]).toEqual([
      'idle',
      'good',
      'busy',
      'bad',
    ]);
  });
});
