/** Which checks count for a level and a version, and what they find (pod-security-admission's policy/registry.go, v0.34). */
import { BASELINE_CHECKS } from './baseline.ts';
import type { Check, CheckPod } from './check.ts';
import type { CheckedPod, Violation } from './pod.ts';
import type { LevelVersion } from './policy.ts';
import { RESTRICTED_CHECKS } from './restricted.ts';

/** All that a pod runs into, baseline first. */
export function violationsOf(pod: CheckedPod, { level, minor }: LevelVersion): readonly Violation[] {
  if (level === 'privileged') return [];
  const strict =
    level === 'restricted' ? RESTRICTED_CHECKS.filter((check) => versionOf(check, minor) !== undefined) : [];
  const replaced = new Set(strict.map(({ replaces }) => replaces));
  const checks = [...BASELINE_CHECKS.filter(({ id }) => !replaced.has(id)), ...strict];
  return checks.flatMap((check) => versionOf(check, minor)?.(pod) ?? []);
}

function versionOf({ versions }: Check, minor: number): CheckPod | undefined {
  return versions.findLast(({ since }) => since <= minor)?.check;
}

/** `hostPort (container "a" uses hostPort 80), privileged (…)` */
export function detailOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

export function reasonOf(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ');
}
