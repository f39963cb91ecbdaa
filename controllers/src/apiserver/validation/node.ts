/**
 * Node and RuntimeClass (pkg/apis/{core,node}/validation, v1.34).
 */
import type { Toleration } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isLabelValue, isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { validateLabels } from '../object-meta.ts';
import { printInternal } from './difference.ts';
import { amountErrors, validateResources } from './resources.ts';
import { CIDR_ERROR, complaints, type Errors, IMMUTABLE, isCidr, oneOf } from './rules.ts';
import { TAINT_EFFECTS, validateTolerations } from './tolerations.ts';
import { inner, list, type Source, text } from './volume-sources.ts';

const specOf = (object: KubeObject): Source => (object.spec ?? {}) as Source;

export function validateNode(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors = [...taintErrors(list<Source>(spec, 'taints'), 'metadata.taints'), ...amounts(object)];
  const ranges = list<string>(spec, 'podCIDRs');
  for (const [index, range] of ranges.entries())
    if (!isCidr(range)) errors.push(invalid(`spec.podCIDRs[${index}]`, range, CIDR_ERROR));
  const families = new Set(ranges.map((range) => range.includes(':')));
  if (ranges.length > 1 && ranges.every(isCidr) && (families.size < 2 || ranges.length > 2))
    errors.push(invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'));
  return errors;
}

function amounts(object: KubeObject): Errors {
  return ['capacity', 'allocatable'].flatMap((field) =>
    Object.entries(inner((object.status ?? {}) as Source, field) ?? {}).flatMap(([name, amount]) =>
      amountErrors(name, String(amount), `status.${field}.${name}`),
    ),
  );
}

function taintErrors(taints: readonly Source[], path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, taint] of taints.entries()) {
    const at = `${path}[${index}]`;
    const key = text(taint, 'key');
    const value = text(taint, 'value');
    const effect = text(taint, 'effect');
    errors.push(...complaints(isQualifiedName(key), key, `${at}.key`));
    const problems = isLabelValue(value);
    if (problems.length > 0) errors.push(invalid(`${at}.value`, value, problems.join(';')));
    if (effect === '') errors.push(required(`${at}.effect`));
    else errors.push(...oneOf(effect, TAINT_EFFECTS, `${at}.effect`));
    if (seen.has(`${effect}/${key}`)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      errors.push({
        type: 'FieldValueDuplicate',
        field: at,
        text: `: ${JSON.stringify(shown)}: taints must be unique by key and effect pair`,
      });
    }
    seen.add(`${effect}/${key}`);
  }
  return errors;
}

const FIXED_RANGE = 'node updates may not change podCIDR except from "" to valid';

export function validateNodeUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const before = specOf(old);
  const errors = amounts(object);
  const ranges = list<string>(spec, 'podCIDRs');
  const was = list<string>(before, 'podCIDRs');
  if (was.length > 0) {
    if (was.length !== ranges.length) errors.push(forbiddenField('spec.podCIDRs', FIXED_RANGE));
    else
      for (const [index, range] of was.entries())
        if (range !== ranges[index]) errors.push(forbiddenField('spec.podCIDRs', FIXED_RANGE));
  }
  const provider = text(before, 'providerID');
  if (provider !== '' && provider !== text(spec, 'providerID'))
    errors.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  errors.push(...taintErrors(list<Source>(spec, 'taints'), 'metadata.taints'));
  if (text(spec, 'externalID') !== text(before, 'externalID'))
    errors.push(forbiddenField('spec.externalID', 'may not be updated'));
  return errors;
}

export function validateRuntimeClass(object: KubeObject): readonly FieldError[] {
  const fields = object as unknown as Source;
  const handler = text(fields, 'handler');
  const errors = complaints(isDns1123Label(handler), handler, 'handler');
  const overhead = inner(fields, 'overhead');
  if (overhead !== undefined) errors.push(...validateResources({ limits: overhead.podFixed ?? {} }, 'overhead'));
  const scheduling = inner(fields, 'scheduling');
  if (scheduling === undefined) return errors;
  const selector = inner(scheduling, 'nodeSelector') as Readonly<Record<string, string>> | undefined;
  errors.push(...validateLabels(selector, 'scheduling.nodeSelector'));
  const tolerations = list<Toleration>(scheduling, 'tolerations');
  errors.push(...validateTolerations(tolerations, 'scheduling.tolerations.tolerations'));
  const seen = new Set<string>();
  for (const [index, toleration] of tolerations.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const shape = JSON.stringify([key, operator, value, effect]);
    if (seen.has(shape))
      errors.push(duplicate(`scheduling.tolerations[${index}]`, printInternal(toleration, 'Toleration')));
    seen.add(shape);
  }
  return errors;
}

export function validateRuntimeClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = validateRuntimeClass(object);
  return object.handler === old.handler ? errors : [...errors, invalid('handler', object.handler ?? '', IMMUTABLE)];
}
