import { describe, expect, test } from 'vitest';
import type { CronJob, Job } from '../apimachinery/kinds.ts';
import {
  createTestCluster,
  type TemplateOptions,
  type TestCluster,
  template,
} from '../simulation/simulation.testing.ts';
import { CronError, parseCron } from './cron-schedule.ts';

function cronJob(
  schedule: string,
  { template: options = {}, ...spec }: { template?: TemplateOptions; [field: string]: unknown } = {},
) {
  const merged = { ...options, app: 'backup', spec: { restartPolicy: 'Never', ...options.spec } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'backup' },
    spec: { schedule, jobTemplate: { spec: { template: template(merged) } }, ...spec },
  };
}

function backup(cluster: TestCluster): CronJob {
  return cluster.get<CronJob>('cronjobs.batch', 'backup');
}

function jobs(cluster: TestCluster): readonly Job[] {
  return cluster.list<Job>('jobs.batch');
}

function times(
  expression: string,
  { from, zone = 'UTC', count = 3 }: { from: string; zone?: string; count?: number },
): readonly string[] {
  const schedule = parseCron(expression, zone);
  const found: string[] = [];
  let at: number | undefined = Date.parse(from);
  while (found.length < count && at !== undefined) {
    at = schedule.next(at);
    if (at !== undefined) found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('a cron schedule', () => {
  test.each([
    ['*/15 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:15', '2026-01-01T00:30', '2026-01-01T00:45']],
    ['0 2 * * *', '2026-01-31T03:00:00Z', ['2026-02-01T02:00', '2026-02-02T02:00', '2026-02-03T02:00']],
    ['30 6-16/4 * * 1-5', '2026-01-02T11:00:00Z', ['2026-01-02T14:30', '2026-01-05T06:30', '2026-01-05T10:30']],
    ['0 0 1 jan,jul *', '2026-01-01T00:00:00Z', ['2026-07-01T00:00', '2027-01-01T00:00', '2027-07-01T00:00']],
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-13T00:00']],
    ['@weekly', '2026-01-01T00:00:00Z', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    ['@every 1h30m', '2026-01-01T00:00:00Z', ['2026-01-01T01:30', '2026-01-01T03:00', '2026-01-01T04:30']],
    ['5/20 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:05', '2026-01-01T00:25', '2026-01-01T00:45']],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00']],
  ])('%s after %s', (expression, from, expected) => {
    expect(times(expression, { from, count: expected.length })).toEqual(expected);
  });

  test('skips a local time that does not exist', () => {
    expect(times('30 2 * * *', { from: '2026-03-28T12:00:00Z', zone: 'Europe/Berlin', count: 2 })).toEqual([
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
  });

  test('runs twice at a local time that comes twice', () => {
    expect(times('30 2 * * *', { from: '2026-10-24T12:00:00Z', zone: 'Europe/Berlin', count: 3 })).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-26T01:30',
    ]);
  });

  test('has no time on a day that never comes', () => {
    expect(times('0 0 31 2 *', { from: '2026-01-01T00:00:00Z', count: 1 })).toEqual([]);
  });

  test.each(['', '* * * *', '60 * * * *', '* * * * 7', 'a * * * *', '*/0 * * * *', '@never', '@every soon'])(
    'refuses %j',
    (text) => {
      expect(() => parseCron(text)).toThrow(CronError);
    },
  );
});

describe('a CronJob', () => {
  test('starts a Job at its time, named by the minute, and remembers it', () => {
    const cluster = createTestCluster();
    cluster.create('cronjobs.batch', cronJob('*/5 * * * *'));
    cluster.pass(299);
    expect(jobs(cluster)).toHaveLength(0);
    cluster.pass(2);
    const [job] = jobs(cluster);
    expect(job?.metadata.name).toBe(`backup-${Date.UTC(2026, 0, 1, 0, 5) / 60_000}`);
    expect(job?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe('2026-01-01T00:05:00Z');
    expect(backup(cluster).status).toMatchObject({
      lastScheduleTime: '2026-01-01T00:05:00Z',
      active: [{ name: job?.metadata.name }],
    });
    cluster.pass(20);
    expect(backup(cluster).status?.active).toBeUndefined();
    expect(backup(cluster).status?.lastSuccessfulTime).toBeDefined();
  });

  test('minds its time zone', () => {
    const cluster = createTestCluster();
    cluster.create('cronjobs.batch', cronJob('0 9 * * *', { timeZone: 'America/New_York' }));
    cluster.pass(14 * 3600 - 1);
    expect(jobs(cluster)).toHaveLength(0);
    cluster.pass(2);
    expect(jobs(cluster)[0]?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe(
      '2026-01-01T09:00:00-05:00',
    );
  });

  test('keeps three successful Jobs', () => {
    const cluster = createTestCluster();
    cluster.create('cronjobs.batch', cronJob('*/5 * * * *'));
    cluster.pass(3600);
    expect(jobs(cluster)).toHaveLength(3);
  });

  test.each([
    ['Allow', 3],
    ['Forbid', 1],
    ['Replace', 1],
  ])('with concurrency %s has %i active runs', (concurrencyPolicy, active) => {
    const cluster = createTestCluster();
    const options = { annotations: { run: 'duration=1h' } };
    cluster.create('cronjobs.batch', cronJob('* * * * *', { concurrencyPolicy, template: options }));
    cluster.pass(200);
    expect(backup(cluster).status?.active).toHaveLength(active);
    if (concurrencyPolicy === 'Forbid') expect(cluster.events('CronJob').join()).toContain('JobAlreadyActive');
    if (concurrencyPolicy === 'Replace') {
      expect(jobs(cluster)[0]?.metadata.name).toBe(`backup-${Date.UTC(2026, 0, 1, 0, 3) / 60_000}`);
    }
  });

  test('under Forbid starts late, once the run before has ended', () => {
    const cluster = createTestCluster();
    const options = { annotations: { run: 'duration=90s' } };
    cluster.create('cronjobs.batch', cronJob('* * * * *', { concurrencyPolicy: 'Forbid', template: options }));
    cluster.pass(170);
    const names = jobs(cluster).map(({ metadata }) => metadata.name);
    expect(names).toEqual([
      `backup-${Date.UTC(2026, 0, 1, 0, 1) / 60_000}`,
      `backup-${Date.UTC(2026, 0, 1, 0, 2) / 60_000}`,
    ]);
  });

  test('suspended starts nothing; resumed only the latest missed run', () => {
    const cluster = createTestCluster();
    cluster.create('cronjobs.batch', cronJob('*/5 * * * *', { suspend: true }));
    cluster.pass(3600);
    expect(jobs(cluster)).toHaveLength(0);
    cluster.patch('cronjobs.batch', 'backup', { spec: { suspend: false } });
    expect(jobs(cluster).map(({ metadata }) => metadata.name)).toEqual([
      `backup-${Date.UTC(2026, 0, 1, 1, 0) / 60_000}`,
    ]);
  });

  test('past the starting deadline misses the run', () => {
    const cluster = createTestCluster();
    cluster.create('cronjobs.batch', cronJob('0 * * * *', { suspend: true, startingDeadlineSeconds: 60 }));
    cluster.pass(3600 + 120);
    cluster.patch('cronjobs.batch', 'backup', { spec: { suspend: false } });
    expect(jobs(cluster)).toHaveLength(0);
  });

  test('a month of nights is thirty runs, and nothing is left of them but the history', () => {
    const cluster = createTestCluster();
    let runs = 0;
    cluster.simulation.observe(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'Job') runs++;
    });
    cluster.create('cronjobs.batch', cronJob('0 2 * * *'));
    cluster.pass(30 * 86_400);
    expect(runs).toBe(30);
    expect(jobs(cluster)).toHaveLength(3);
    expect(cluster.pods()).toHaveLength(3);
    expect(cluster.simulation.faults).toEqual([]);
  });
});
