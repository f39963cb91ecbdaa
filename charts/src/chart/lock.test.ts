import { describe, expect, it } from 'vitest';
import { chartFromFiles } from './archive.ts';
import { formatLock, helm2LockDigest, lockDigest, requirementsOf } from './lock.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function chartOf(yaml: string): ReturnType<typeof chartFromFiles> {
  return chartFromFiles([{ name: 'Chart.yaml', data: encode(yaml) }]);
}

describe('the digest of a lock file', () => {
  // Recorded from `helm dependency update` v4.3 on the same Chart.yaml with charts in local folders.
  it('is that of Helm for tags, conditions, aliases and both forms of imports', () => {
    const chart = chartOf(`apiVersion: v2
name: parent
version: 1.0.0
dependencies:
- name: child
  version: ">=1.0.0 <2"
  repository: file://../child
  alias: kid
  condition: kid.enabled,global.kid
  tags: [a, b&c]
  enabled: true
  import-values:
  - data
  - child: x.y
    parent: z
    more: 1
- name: child
  version: ^1
  repository: file://../child
`);
    const requirements = requirementsOf(chart) ?? [];
    const locked = [
      { name: 'child', version: '1.2.0', repository: 'file://../child' },
      { name: 'child', version: '1.2.0', repository: 'file://../child' },
    ];
    expect(lockDigest(requirements, locked)).toBe(
      'sha256:61cee291003e48e0d4f2fdfac4e7162a6988352ddf2a3cb5e04054274e663046',
    );
  });

  it('is told apart from the one that Helm 2 wrote', () => {
    const requirements = [{ name: 'a', version: '1.0.0', repository: 'https://example.com' }];
    expect(helm2LockDigest(requirements)).not.toBe(lockDigest(requirements, requirements));
    expect(helm2LockDigest(requirements)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('leaves a chart without dependencies apart from one whose list is empty', () => {
    expect(requirementsOf(chartOf('apiVersion: v2\nname: a\nversion: 1.0.0\n'))).toBeUndefined();
    expect(requirementsOf(chartOf('apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: []\n'))).toEqual([]);
  });
});

it('writes a lock file as Helm does', () => {
  const dependencies = [{ name: 'a', version: '1.0.0', repository: 'https://example.com' }];
  expect(formatLock({ generated: '2026-01-02T03:04:05Z', digest: 'sha256:00', dependencies })).toBe(
    'dependencies:\n- name: a\n  repository: https://example.com\n  version: 1.0.0\ndigest: sha256:00\ngenerated: "2026-01-02T03:04:05Z"\n',
  );
});
