/**
 * HorizontalPodAutoscaler (pkg/apis/autoscaling/validation, v1.34).
 */
import type {
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from 'kubernetes-types/autoscaling/v2.d.ts';
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isPathSegment } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { containerResourceNameErrors } from './resources.ts';
import { complaints, type Errors, oneOfSet } from './rules.ts';

const SOURCES = new Map([
  ['Object', 'object'],
  ['Pods', 'pods'],
  ['Resource', 'resource'],
  ['ContainerResource', 'containerResource'],
  ['External', 'external'],
]);

export function validateAutoscaler(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? {}) as HorizontalPodAutoscalerSpec;
  const errors: Errors = [];
  const min = spec.minReplicas;
  if (min !== undefined && min < 1) errors.push(invalid('spec.minReplicas', min, 'must be greater than or equal to 1'));
  if (spec.maxReplicas < 1) errors.push(invalid('spec.maxReplicas', spec.maxReplicas, 'must be greater than 0'));
  if (min !== undefined && spec.maxReplicas < min)
    errors.push(invalid('spec.maxReplicas', spec.maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(
    ...referenceErrors(
      spec.scaleTargetRef ?? {},
      'spec.scaleTargetRef',
      spec.scaleTargetRef?.kind === 'ReplicationController',
    ),
  );
  errors.push(...metricErrors(spec.metrics ?? [], min, 'spec.metrics'));
  const behavior = spec.behavior;
  if (behavior !== undefined) {
    errors.push(
      ...ruleErrors(behavior.scaleUp, 'spec.behavior.scaleUp'),
      ...ruleErrors(behavior.scaleDown, 'spec.behavior.scaleDown'),
    );
  }
  return errors;
}

function referenceErrors(
  { kind = '', name = '', apiVersion = '' }: { kind?: string; name?: string; apiVersion?: string },
  path: string,
  mayBeCore: boolean,
): Errors {
  const errors: Errors = [];
  if (kind === '') errors.push(required(`${path}.kind`));
  else errors.push(...complaints(isPathSegment(kind), kind, `${path}.kind`));
  if (name === '') errors.push(required(`${path}.name`));
  else errors.push(...complaints(isPathSegment(name), name, `${path}.name`));
  const slashes = apiVersion.split('/').length - 1;
  if (slashes > 1)
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if ((slashes === 0 || apiVersion.startsWith('/')) && !mayBeCore)
    errors.push(invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  return errors;
}

function metricErrors(metrics: readonly MetricSpec[], min: number | undefined, path: string): Errors {
  const errors: Errors = [];
  let external = false;
  for (const [index, metric] of metrics.entries()) {
    const at = `${path}[${index}]`;
    if (metric.type === 'Object' || metric.type === 'External') external = true;
    errors.push(...validateMetric(metric, at));
  }
  if (min === 0 && !external)
    errors.push(
      forbiddenField(path, 'must specify at least one Object or External metric to support scaling to zero replicas'),
    );
  return errors;
}

/** The order in which the API looks at the sources; only the first is checked. */
const ORDER = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;

function validateMetric(metric: MetricSpec, path: string): Errors {
  const errors: Errors = [];
  const known = [...SOURCES.keys()].sort();
  const isKnown = SOURCES.has(metric.type);
  if (metric.type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!isKnown) errors.push(notSupported(`${path}.type`, metric.type, known));
  const given = ORDER.filter((field) => metric[field] !== undefined);
  const [first] = given;
  if (first !== undefined) {
    const type = [...SOURCES].find(([, field]) => field === first)?.[0] ?? '';
    errors.push(...validateSource(type, metric, `${path}.${first}`));
  }
  const expected = SOURCES.get(metric.type);
  if (expected === undefined) errors.push(notSupported(`${path}.type`, metric.type, known));
  else if (metric[expected as 'pods'] === undefined)
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (given.length !== 1) {
    for (const field of given.filter((name) => name !== expected))
      errors.push(forbiddenField(`${path}.${field}`, 'must populate the given metric source only'));
  }
  return errors;
}

function validateSource(type: string, metric: MetricSpec, path: string): Errors {
  const errors: Errors = [];
  const { object, pods, resource, containerResource, external } = metric;
  const identifier = (name: string | undefined): void => {
    if (name === undefined || name === '') errors.push(required(`${path}.metric.name`, 'must specify a metric name'));
    else errors.push(...complaints(isPathSegment(name), name, `${path}.metric.name`));
  };
  if (type === 'Object' && object !== undefined) {
    errors.push(...referenceErrors(object.describedObject ?? {}, `${path}.describedObject`, true));
    identifier(object.metric?.name);
    errors.push(...targetErrors(object.target, `${path}.target`));
    if (object.target?.value === undefined && object.target?.averageValue === undefined) {
      errors.push(required(`${path}.target.averageValue`, 'must set either a target value or averageValue'));
    }
  } else if (type === 'Pods' && pods !== undefined) {
    identifier(pods.metric?.name);
    errors.push(...targetErrors(pods.target, `${path}.target`));
    if (pods.target?.averageValue === undefined)
      errors.push(required(`${path}.target.averageValue`, 'must specify a positive target averageValue'));
  } else if (type === 'External' && external !== undefined) {
    identifier(external.metric?.name);
    errors.push(...targetErrors(external.target, `${path}.target`));
    if (external.target?.value !== undefined && external.target.averageValue !== undefined)
      errors.push(
        forbiddenField(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target'),
      );
    if (external.target?.value === undefined && external.target?.averageValue === undefined) {
      errors.push(
        required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target'),
      );
    }
  } else {
    const source = type === 'Resource' ? resource : containerResource;
    if (source === undefined) return errors;
    if ((source.name ?? '') === '') errors.push(required(`${path}.name`, 'must specify a resource name'));
    if (type === 'ContainerResource' && containerResource !== undefined) {
      const { name = '', container = '' } = containerResource;
      if (name !== '') errors.push(...containerResourceNameErrors(name, `${path}.name`));
      if (container === '') errors.push(required(`${path}.container`, 'must specify a container'));
      else errors.push(...complaints(isDns1123Label(container), container, `${path}.container`));
    }
    errors.push(...targetErrors(source.target, `${path}.target`));
    const { averageUtilization, averageValue } = source.target ?? {};
    if (averageUtilization === undefined && averageValue === undefined) {
      errors.push(
        required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization'),
      );
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      errors.push(
        forbiddenField(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization'),
      );
    }
  }
  return errors;
}

function targetErrors(target: MetricTarget | undefined, path: string): Errors {
  const errors: Errors = [];
  const { type = '', value, averageValue, averageUtilization } = target ?? { type: '' };
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  if (value !== undefined && parseQuantity(String(value)).nano <= 0n)
    errors.push(invalid(`${path}.value`, value, 'must be positive'));
  if (averageValue !== undefined && parseQuantity(String(averageValue)).nano <= 0n)
    errors.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return errors;
}

function ruleErrors(rules: HPAScalingRules | undefined, path: string): Errors {
  if (rules === undefined) return [];
  const errors: Errors = [];
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined && window < 0)
    errors.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > 3600)
    errors.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be less than or equal to 3600'));
  if (rules.selectPolicy !== undefined)
    errors.push(...oneOfSet(rules.selectPolicy, ['Max', 'Min', 'Disabled'], `${path}.selectPolicy`));
  if ((rules.policies ?? []).length === 0)
    errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  for (const [index, policy] of (rules.policies ?? []).entries()) {
    const at = `${path}.policies[${index}]`;
    if (policy.type !== 'Pods' && policy.type !== 'Percent')
      errors.push(notSupported(`${at}.type`, policy.type, ['Percent', 'Pods']));
    if (policy.value <= 0) errors.push(invalid(`${at}.value`, policy.value, 'must be greater than zero'));
    if (policy.periodSeconds <= 0)
      errors.push(invalid(`${at}.periodSeconds`, policy.periodSeconds, 'must be greater than zero'));
    if (policy.periodSeconds > 1800)
      errors.push(invalid(`${at}.periodSeconds`, policy.periodSeconds, 'must be less than or equal to 1800'));
  }
  return errors;
}
