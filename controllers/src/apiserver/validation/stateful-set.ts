/**
 * StatefulSet (pkg/apis/apps/validation, v1.34).
 */
import type { StatefulSetSpec } from 'kubernetes-types/apps/v1.d.ts';
import type { PodTemplateSpec, Volume } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Label } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { validateClaimSpec } from './claim.ts';
import {
  atMostWhole,
  complaints,
  countOf,
  type Errors,
  intOrPercent,
  isSelectorSound,
  notNegative,
  oneOf,
  printSelector,
} from './rules.ts';
import { alwaysRestarts, selectorErrors, templateErrors } from './workloads.ts';

const RETENTION = ['Retain', 'Delete'];

// Objects are of their kind's published type once they are decoded.
const specOf = (object: KubeObject): StatefulSetSpec => (object.spec ?? {}) as StatefulSetSpec;

export function validateStatefulSet(object: KubeObject, _context?: unknown): readonly FieldError[] {
  return specErrors(specOf(object), true);
}

/** What is fixed is not looked at again when it is updated. */
function specErrors(spec: StatefulSetSpec, isNew: boolean): Errors {
  const errors: Errors = [];
  const policy = spec.podManagementPolicy ?? '';
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...strategyErrors(spec, 'spec.updateStrategy'));
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention !== undefined) {
    const at = 'spec.persistentVolumeClaimRetentionPolicy';
    errors.push(...oneOf(retention.whenDeleted, RETENTION, `${at}.whenDeleted`));
    errors.push(...oneOf(retention.whenScaled, RETENTION, `${at}.whenScaled`));
  }
  const claims = spec.volumeClaimTemplates ?? [];
  if (isNew) {
    for (const [index, claim] of claims.entries())
      errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  }
  errors.push(
    ...notNegative(spec.replicas, 'spec.replicas'),
    ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...notNegative(spec.ordinals?.start, 'spec.ordinals.start'),
  );
  const service = spec.serviceName ?? '';
  if (isNew && service !== '') errors.push(...complaints(isDns1123Label(service), service, 'spec.serviceName'));
  errors.push(...selectorErrors(spec.selector, 'statefulset'));
  if (spec.selector !== undefined && !isSelectorSound(spec.selector))
    errors.push(invalid('spec.selector', printSelector(spec.selector), ''));
  else errors.push(...templateErrors(withClaims(spec), spec.selector));
  errors.push(...alwaysRestarts(spec.template, 'StatefulSet'));
  return errors;
}

/** The template as the pods will have it: with a volume for each claim, under names of their own. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = [...names].map((name): Volume => ({ name, persistentVolumeClaim: { claimName: name } }));
  const { hostname: _h, subdomain: _s, ...spec } = template?.spec ?? { containers: [] };
  const own = (spec.volumes ?? []).filter(({ name }) => !names.has(name));
  return { ...template, spec: { ...spec, volumes: [...claims, ...own] } };
}

function strategyErrors({ updateStrategy }: StatefulSetSpec, path: string): Errors {
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  const shown =
    rollingUpdate === undefined
      ? null
      : { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
  if (type === '') return [required(path)];
  if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return [];
    return [invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== 'RollingUpdate')
    return [invalid(path, { Type: type, RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'")];
  const errors = notNegative(rollingUpdate?.partition, `${path}.rollingUpdate.partition`);
  const most = rollingUpdate?.maxUnavailable;
  if (most === undefined) return errors;
  const at = `${path}.rollingUpdate.maxUnavailable`;
  errors.push(...intOrPercent(most, at));
  if ((countOf(most) ?? 0) === 0) errors.push(invalid(at, most, 'cannot be 0'));
  return [...errors, ...atMostWhole(most, at)];
}

const FREE = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);

/** Nearly all of a StatefulSet's spec is fixed. */
export function validateStatefulSetUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = specErrors(specOf(object), false);
  const now = specOf(object) as unknown as Record<string, unknown>;
  const before = specOf(old) as unknown as Record<string, unknown>;
  const keys = new Set([...Object.keys(now), ...Object.keys(before)]);
  for (const key of keys) {
    if (FREE.has(key) || deepEqual(now[key], before[key])) continue;
    errors.push(
      forbiddenField(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    );
    break;
  }
  return errors;
}
