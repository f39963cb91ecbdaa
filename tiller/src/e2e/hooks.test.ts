/** Hooks around operations: order, waiting, delete policies, and what is told when one fails. */
import { describe, expect, test } from 'vitest';
import { hookJob, writeChart } from './charts.ts';
import { createHarness, failureOf } from './harness.ts';

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {x: "{{ .Release.Revision }}"}\n';
const CRASH = 'simulation.drydock.dev/crash: "exit=3 after=2s"';

describe('hooks', () => {
  test('run by weight, then by name, and are waited for', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/c.yaml': hookJob('c', 'helm.sh/hook: pre-install\nhelm.sh/hook-weight: "1"'),
      'templates/b.yaml': hookJob('b', 'helm.sh/hook: pre-install,pre-upgrade'),
      'templates/a.yaml': hookJob('a', 'helm.sh/hook: pre-install\nhelm.sh/hook-weight: "-5"'),
      'templates/z.yaml': hookJob('z', 'helm.sh/hook: post-install'),
    });
    const { release } = await harness.install(chart);
    const steps = harness.timeline.filter((line) => /hook .* (started|done)|ConfigMap/.test(line));
    expect(steps.map((line) => line.replace(/^T\+\d+s (hook )?/, ''))).toEqual([
      'pre-install Job default/a: started',
      'pre-install Job default/a: done',
      'pre-install Job default/b: started',
      'pre-install Job default/b: done',
      'pre-install Job default/c: started',
      'pre-install Job default/c: done',
      'ConfigMap default/web: created',
      'post-install Job default/z: started',
      'post-install Job default/z: done',
    ]);
    expect(release.hooks.map(({ object, lastRun }) => `${object.metadata.name} ${lastRun?.phase}`).sort()).toEqual([
      'a Succeeded',
      'b Succeeded',
      'c Succeeded',
      'z Succeeded',
    ]);
    expect(await harness.names('Job', 'batch/v1')).toEqual(['a', 'b', 'c', 'z']);
  });

  test('are deleted as their policies say', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/a.yaml': hookJob(
        'done',
        'helm.sh/hook: pre-install,pre-upgrade\nhelm.sh/hook-delete-policy: hook-succeeded',
      ),
      'templates/b.yaml': hookJob('stays', 'helm.sh/hook: pre-install,pre-upgrade'),
    });
    await harness.install(chart);
    expect(await harness.names('Job', 'batch/v1')).toEqual(['stays']);
    const first = await harness.find('Job', 'stays', 'batch/v1');
    await harness.upgrade(chart);
    const second = await harness.find('Job', 'stays', 'batch/v1');
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
  });

  test('a hook that fails stops the operation, is named with its exit code, and is kept or not by policy', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/a.yaml': hookJob('first', 'helm.sh/hook: pre-install\nhelm.sh/hook-delete-policy: hook-succeeded'),
      'templates/b.yaml': hookJob('migrate', 'helm.sh/hook: pre-install\nhelm.sh/hook-weight: "1"', CRASH),
      'templates/c.yaml': hookJob('never', 'helm.sh/hook: pre-install\nhelm.sh/hook-weight: "2"'),
    });
    const error = await failureOf(harness.install(chart));
    expect(error).toMatchObject({ code: 'HookFailed' });
    expect(error.message).toContain('pre-install hook Job migrate failed');
    expect(error.message).toContain('BackoffLimitExceeded');
    expect(error.message).toContain('exit code 3');
    expect(error.message).not.toContain('\n');
    expect(await harness.history()).toEqual(['1 failed']);
    expect(await harness.names('Job', 'batch/v1')).toEqual(['migrate']);
    expect(await harness.find('ConfigMap', 'web')).toBeUndefined();
    const { hooks } = await harness.store.get(harness.id);
    expect(hooks.map(({ lastRun }) => lastRun?.phase ?? 'none').sort()).toEqual(['Failed', 'Succeeded', 'none']);
  });

  test('are left out with noHooks', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/b.yaml': hookJob('migrate', 'helm.sh/hook: pre-install,pre-delete', CRASH),
    });
    await harness.install(chart, { noHooks: true });
    await harness.uninstall({ noHooks: true });
    expect(await harness.names('Job', 'batch/v1')).toEqual([]);
  });

  test('run around rollback and uninstall, too', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/a.yaml': hookJob('back', 'helm.sh/hook: pre-rollback,post-rollback'),
      'templates/b.yaml': hookJob('gone', 'helm.sh/hook: pre-delete,post-delete'),
    });
    await harness.install(chart);
    await harness.upgrade(chart);
    await harness.rollback();
    await harness.uninstall();
    const steps = harness.timeline.filter((line) => / done$/.test(line)).map((line) => line.split(' hook ')[1]);
    expect(steps).toEqual([
      'pre-rollback Job default/back: done',
      'post-rollback Job default/back: done',
      'pre-delete Job default/gone: done',
      'post-delete Job default/gone: done',
    ]);
  });

  test('one that the cluster would refuse is refused before anything is made', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/config.yaml': CONFIG,
      'templates/b.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: BAD, annotations: {helm.sh/hook: post-install}}\nspec: {containers: []}\n',
    });
    const error = await failureOf(harness.install(chart));
    expect(error.message).toContain('web/templates/b.yaml: Pod default/BAD:');
    expect(await harness.history()).toEqual([]);
    expect(await harness.find('ConfigMap', 'web')).toBeUndefined();
  });
});
