/**
 * Immutable fields that an upgrade would change. The chart is rendered once more as its own next version (the patch
 * number of its version and of all subcharts is one higher, appVersion another), with the same values and a day later:
 * where an object that is in both renders differs in a field that Kubernetes does not let change, `helm upgrade` to a
 * new version of the chart will fail, most often for a version label in a selector.
 */
import type { Chart, ChartDependency } from '../../chart/chart.ts';
import { ChartError } from '../../chart/chart-error.ts';
import { isCompatible, isVersion } from '../../chart/version.ts';
import { formatVersion, parseVersion } from '../../engine/functions/semver-version.ts';
import type { JsonValue } from '../../values/values.ts';
import { renderForLint } from '../lint-render.ts';
import { at, isObject } from './plain.ts';
import { groupOf, type RenderedObject, readObjects, titleOf } from './rendered-object.ts';
import type { RuleContext } from './rule-context.ts';

type Field = readonly string[];

/** By kind: what may not change once the object is there. */
const immutableFields: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ['Deployment', [['spec', 'selector']]],
  ['ReplicaSet', [['spec', 'selector']]],
  ['DaemonSet', [['spec', 'selector']]],
  [
    'StatefulSet',
    [
      ['spec', 'selector'],
      ['spec', 'serviceName'],
      ['spec', 'podManagementPolicy'],
      ['spec', 'volumeClaimTemplates'],
    ],
  ],
  [
    'Job',
    [
      ['spec', 'selector'],
      ['spec', 'template'],
      ['spec', 'completionMode'],
    ],
  ],
  [
    'PersistentVolumeClaim',
    [
      ['spec', 'accessModes'],
      ['spec', 'selector'],
      ['spec', 'storageClassName'],
      ['spec', 'volumeName'],
      ['spec', 'volumeMode'],
    ],
  ],
  ['Service', [['spec', 'clusterIP']]],
  ['RoleBinding', [['roleRef']]],
  ['ClusterRoleBinding', [['roleRef']]],
  ['StorageClass', [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']]],
  ['PriorityClass', [['value']]],
  ['IngressClass', [['spec', 'controller']]],
  ['Secret', [['type']]],
]);

const oneDay = 24 * 60 * 60 * 1000;

export function checkImmutableFields(context: RuleContext): void {
  const candidates = context.objects.filter((object) => !object.isHook && fieldsOf(object).length > 0);
  if (candidates.length === 0) return;
  const next = nextObjects(context);
  for (const object of candidates) {
    const later = next.get(keyOf(object));
    if (later === undefined) continue;
    for (const field of fieldsOf(object)) {
      const change = firstChange(at(object.object, ...field), at(later.object, ...field), field);
      if (change === undefined) continue;
      const values = `${shown(change.before)} becomes ${shown(change.after)}`;
      const message =
        `${pathText(change.path)} of ${titleOf(object)} is immutable, but changes with the version of the chart ` +
        `(${values}): an upgrade will fail`;
      context.report('immutable-field', message, { object, path: change.path });
      break;
    }
  }
}

function fieldsOf(object: RenderedObject): readonly Field[] {
  if (at(object.object, 'immutable') === true) return [['data'], ['binaryData'], ['stringData']];
  return immutableFields.get(object.kind) ?? [];
}

function keyOf(object: RenderedObject): string {
  return [groupOf(object), object.kind, object.namespace, object.name].join('/');
}

/** The objects of the chart's next version; none where that does not render. */
function nextObjects(context: RuleContext): ReadonlyMap<string, RenderedObject> {
  const { options } = context;
  const now = (options.now ?? Date.now()) + oneDay;
  try {
    const render = renderForLint(nextVersion(context.chart), { ...options, now, skipSchemaValidation: true });
    if (render === undefined) return new Map();
    const place = { chart: context.chart.metadata.name, namespace: options.namespace };
    return new Map(readObjects(render, place).objects.map((object) => [keyOf(object), object]));
  } catch (error) {
    if (error instanceof ChartError) return new Map();
    throw error;
  }
}

function nextVersion(chart: Chart): Chart {
  const { metadata } = chart;
  const dependencies = chart.dependencies.map(nextVersion);
  const entries = metadata.dependencies?.map((entry) => forNextVersion(entry, chart));
  return {
    ...chart,
    dependencies,
    metadata: {
      ...metadata,
      version: bumped(metadata.version),
      ...(metadata.appVersion === undefined ? {} : { appVersion: bumped(metadata.appVersion) }),
      ...(entries === undefined ? {} : { dependencies: entries }),
    },
  };
}

/** A subchart stays the one that its entry means. */
function forNextVersion(entry: ChartDependency, chart: Chart): ChartDependency {
  const subchart = chart.dependencies.find(
    ({ metadata }) => metadata.name === entry.name && isCompatible(entry.version ?? '', metadata.version),
  );
  return subchart === undefined ? entry : { ...entry, version: bumped(subchart.metadata.version) };
}

function bumped(version: string): string {
  if (!isVersion(version)) return `${version}-next`;
  const parsed = parseVersion(version);
  const next = formatVersion({ ...parsed, patch: parsed.patch + 1n });
  return version.startsWith('v') ? `v${next}` : next;
}

interface Change {
  readonly path: readonly (string | number)[];
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

function firstChange(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly (string | number)[],
): Change | undefined {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) {
      const change = firstChange(item, after[index], [...path, index]);
      if (change !== undefined) return change;
    }
    return undefined;
  }
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const change = firstChange(at(before, key), at(after, key), [...path, key]);
      if (change !== undefined) return change;
    }
    return undefined;
  }
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : { path, before, after };
}

function pathText(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (/[./]/.test(step)) return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
