import { describe, expect, test } from 'vitest';
import type { Job } from '../../apimachinery/kinds.ts';
import {
  createTestCluster,
  type TemplateOptions,
  type TestCluster,
  template,
} from '../../simulation/simulation.testing.ts';
import { formatIndexes, parseIndexes } from './indexes.ts';
import { remainingBackOff } from './pod-failures.ts';

function job({ template: options = {}, ...spec }: { template?: TemplateOptions; [field: string]: unknown } = {}) {
  const merged = { ...options, app: 'work', spec: { restartPolicy: 'Never', ...options.spec } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work' },
    spec: { template: template(merged), ...spec },
  };
}

function work(cluster: TestCluster): Job {
  return cluster.get<Job>('jobs.batch', 'work');
}

/** `Complete`, `Failed: reason`, ... in order. */
function conditions(cluster: TestCluster): readonly string[] {
  return (work(cluster).status?.conditions ?? [])
    .filter(({ status }) => status === 'True')
    .map(({ type, reason }) => `${type}: ${reason}`);
}

describe('lists of indexes', () => {
  test.each([
    [[], ''],
    [[0], '0'],
    [[0, 1], '0,1'],
    [[0, 2, 3, 4], '0,2-4'],
    [[5, 1, 2, 3, 9], '1-3,5,9'],
  ])('%o is written %s', (indexes, text) => {
    expect(formatIndexes(indexes)).toBe(text);
    expect([...parseIndexes(text, 100)].sort((a, b) => a - b)).toEqual([...indexes].sort((a, b) => a - b));
  });
  test('leave out what is beyond the completions', () => {
    expect([...parseIndexes('0,3-7,9', 5)]).toEqual([0, 3, 4]);
  });
});

describe('the back-off of pods', () => {
  test.each([
    [0, 0],
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [10, 600_000],
  ])('after %i failures is %i ms', (failures, delay) => {
    expect(remainingBackOff(failures, 1000, 1000)).toBe(delay);
  });
});

describe('a Job', () => {
  test('runs to completion, with its conditions in pairs, and lets go of its pods', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ completions: 3, parallelism: 2 }));
    cluster.simulation.settle();
    expect(cluster.pods()).toHaveLength(2);
    expect(cluster.pods()[0]?.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    cluster.pass(20);
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet: CompletionsReached', 'Complete: CompletionsReached']);
    expect(work(cluster).status).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect(work(cluster).status?.completionTime).toBeDefined();
    expect(cluster.pods().map(({ metadata }) => metadata.finalizers ?? [])).toEqual([[], [], []]);
  });

  test('fails after backoffLimit + 1 pods, which come ever later', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ backoffLimit: 2, template: { annotations: { crash: 'exit=1 after=1s' } } }));
    cluster.pass(10);
    expect(cluster.pods()).toHaveLength(1);
    cluster.pass(10);
    expect(cluster.pods()).toHaveLength(2);
    cluster.pass(300);
    expect(cluster.pods()).toHaveLength(3);
    expect(conditions(cluster)).toEqual(['FailureTarget: BackoffLimitExceeded', 'Failed: BackoffLimitExceeded']);
    expect(work(cluster).status?.failed).toBe(3);
  });

  test('with restartPolicy OnFailure counts restarts instead', () => {
    const cluster = createTestCluster();
    const options = { annotations: { crash: 'exit=1 after=1s' }, spec: { restartPolicy: 'OnFailure' } };
    cluster.create('jobs.batch', job({ backoffLimit: 2, template: options }));
    cluster.pass(300);
    expect(conditions(cluster)).toEqual(['FailureTarget: BackoffLimitExceeded', 'Failed: BackoffLimitExceeded']);
    expect(cluster.events('Job').filter((line) => line.startsWith('SuccessfulCreate'))).toHaveLength(1);
  });

  test('ends at its deadline', () => {
    const cluster = createTestCluster();
    cluster.create(
      'jobs.batch',
      job({ activeDeadlineSeconds: 30, template: { annotations: { run: 'duration=10m' } } }),
    );
    cluster.pass(29);
    expect(conditions(cluster)).toEqual([]);
    cluster.pass(40);
    expect(conditions(cluster)).toEqual(['FailureTarget: DeadlineExceeded', 'Failed: DeadlineExceeded']);
  });

  test('indexed pods know their index, and the status lists those that are done', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }));
    cluster.pass(20);
    expect(work(cluster).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 });
    const [first] = cluster.pods();
    expect(first?.metadata.generateName).toBe('work-0-');
    expect(first?.spec.hostname).toBe('work-0');
    expect(first?.metadata.annotations?.['batch.kubernetes.io/job-completion-index']).toBe('0');
    expect(first?.spec.containers[0]?.env?.map(({ name }) => name)).toEqual(['JOB_COMPLETION_INDEX']);
  });

  test('with backoffLimitPerIndex an index fails alone', () => {
    const cluster = createTestCluster();
    const spec = { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 };
    cluster.create('jobs.batch', job({ ...spec, template: { annotations: { crash: 'exit=1 after=1s' } } }));
    cluster.pass(300);
    expect(work(cluster).status).toMatchObject({ failedIndexes: '0,1', failed: 4 });
    expect(conditions(cluster)).toEqual(['FailureTarget: FailedIndexes', 'Failed: FailedIndexes']);
  });

  test('a success policy ends it early', () => {
    const cluster = createTestCluster();
    const spec = {
      completions: 3,
      parallelism: 1,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '0' }] },
    };
    cluster.create('jobs.batch', job(spec));
    cluster.pass(60);
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet: SuccessPolicy', 'Complete: SuccessPolicy']);
    expect(work(cluster).status?.succeeded).toBe(1);
  });

  test('a pod failure policy fails it at once, with its words, or does not count', () => {
    const fails = createTestCluster();
    const rule = (action: string) => ({
      podFailurePolicy: { rules: [{ action, onExitCodes: { operator: 'In', values: [42] } }] },
    });
    const options = { annotations: { crash: 'exit=42 after=1s' } };
    fails.create('jobs.batch', job({ ...rule('FailJob'), template: options }));
    fails.pass(60);
    const [pod] = fails.pods();
    expect(work(fails).status?.conditions?.at(-1)?.message).toBe(
      `Container main for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    );
    const ignores = createTestCluster();
    ignores.create('jobs.batch', job({ ...rule('Ignore'), backoffLimit: 0, template: options }));
    ignores.pass(60);
    expect(conditions(ignores)).toEqual([]);
    expect(work(ignores).status?.failed).toBeUndefined();
    expect(ignores.pods().length).toBeGreaterThan(1);
  });

  test('suspended it has no pods and counts no failures; resumed its time starts anew', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ template: { annotations: { run: 'duration=10m' } } }));
    cluster.pass(10);
    const started = work(cluster).status?.startTime;
    cluster.patch('jobs.batch', 'work', { spec: { suspend: true } });
    cluster.pass(40);
    expect(cluster.pods()).toHaveLength(0);
    expect(work(cluster).status?.failed).toBeUndefined();
    expect(conditions(cluster)).toEqual(['Suspended: JobSuspended']);
    cluster.patch('jobs.batch', 'work', { spec: { suspend: false } });
    cluster.pass(1);
    expect(cluster.pods()).toHaveLength(1);
    expect(work(cluster).status?.startTime).not.toBe(started);
  });

  test('as a work queue starts nothing new after one success', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ parallelism: 3 }));
    cluster.patch('jobs.batch', 'work', {});
    cluster.pass(60);
    expect(conditions(cluster)).toContain('Complete: CompletionsReached');
    expect(cluster.pods()).toHaveLength(3);
  });

  test('goes, with its pods, when its time to live after the end is over', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ ttlSecondsAfterFinished: 30 }));
    cluster.pass(20);
    expect(cluster.find('jobs.batch', 'work')).toBeDefined();
    cluster.pass(30);
    expect(cluster.find('jobs.batch', 'work')).toBeUndefined();
    expect(cluster.pods()).toHaveLength(0);
  });

  test('deleted in the background takes its pods with it, whatever finalizers they have', () => {
    const cluster = createTestCluster();
    cluster.create('jobs.batch', job({ template: { annotations: { run: 'duration=10m' } } }));
    cluster.pass(10);
    cluster.delete('jobs.batch', 'work', 'Background');
    cluster.pass(60);
    expect(cluster.pods()).toHaveLength(0);
    expect(cluster.simulation.faults).toEqual([]);
  });
});
