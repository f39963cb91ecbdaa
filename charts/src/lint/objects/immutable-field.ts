/**
 * Immutable fields that an upgrade would change. Where it is told what there is now (the version before, a release), the
 * chart's objects are compared with that. In any case the chart is rendered once more as its own next version (the patch
 * number of its version and of all subcharts is one higher, appVersion another), with the same values and a day later:
 * where an object that is in both renders differs in a field that Kubernetes does not let change, `helm upgrade` to a
 * new version of the chart will fail, most often for a version label in a selector.
 */
import type { Chart, ChartDependency } from '../../chart/chart.ts';
import { ChartError } from '../../chart/chart-error.ts';
import { isCompatible, isVersion } from '../../chart/version.ts';
import { formatVersion, parseVersion } from '../../engine/functions/semver-version.ts';
import type { JsonValue } from '../../values/values.ts';
import { type LintRenderOptions, renderForLint } from '../lint-render.ts';
import { at, isObject } from './plain.ts';
import { groupOf, type RenderedObject, readObjects, titleOf } from './rendered-object.ts';
import type { Previous, RuleContext } from './rule-context.ts';

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
  const told = checkAgainstPrevious(context);
  const candidates = context.objects.filter((object) => !object.isHook && fieldsOf(object).length > 0);
  if (candidates.length === 0) return;
  const next = nextObjects(context);
  for (const object of candidates) {
    const later = next.get(keyOf(object));
    const change = later === undefined ? undefined : changeOf(object, later);
    if (change === undefined || told.has(placeOf(object, change))) continue;
    const message =
      `${pathText(change.path)} of ${titleOf(object)} is immutable, but changes with the version of the chart ` +
      `(${shown(change.before)} becomes ${shown(change.after)}): an upgrade will fail`;
    context.report('immutable-field', message, { object, path: change.path });
  }
}

/** Answers the places that it has told of. */
function checkAgainstPrevious(context: RuleContext): ReadonlySet<string> {
  const told = new Set<string>();
  const { previous } = context.options;
  if (previous === undefined) return told;
  const { before, objects } = compared(context, previous);
  for (const object of objects) {
    const earlier = object.isHook ? undefined : before.get(keyOf(object));
    const change = earlier === undefined ? undefined : changeOf(earlier, object);
    if (change === undefined) continue;
    told.add(placeOf(object, change));
    const message =
      `${pathText(change.path)} of ${titleOf(object)} is immutable, but is not as in ${previous.name} ` +
      `(${shown(change.before)} becomes ${shown(change.after)}): an upgrade will fail`;
    context.report('immutable-field', message, { object, path: change.path, severity: 'error' });
  }
  return told;
}

/** The objects that there are, and those of the chart under the same names. */
function compared(
  context: RuleContext,
  previous: Previous,
): { readonly before: ReadonlyMap<string, RenderedObject>; readonly objects: readonly RenderedObject[] } {
  if ('chart' in previous) {
    return { before: objectsOf(previous.chart, context.options), objects: context.objects };
  }
  const { release } = previous;
  const { options } = context;
  const values = options.values.size > 0 ? options.values : release.values;
  const place = { chart: previous.name, namespace: options.namespace };
  const files = new Map([[`${previous.name}/release.yaml`, release.manifest]]);
  const now = readObjects({ files, templates: new Map(), notes: new Set() }, place);
  const objects = objectsOf(context.chart, { ...options, values, releaseName: release.name });
  return { before: new Map(now.objects.map((object) => [keyOf(object), object])), objects: [...objects.values()] };
}

function placeOf(object: RenderedObject, { path }: Change): string {
  return `${object.kind}/${object.namespace}/${object.file}/${pathText(path)}`;
}

function changeOf(before: RenderedObject, after: RenderedObject): Change | undefined {
  for (const field of fieldsOf(before)) {
    const change = firstChange(at(before.object, ...field), at(after.object, ...field), field);
    // The API server keeps the address that a Service has where it is not given.
    if (change !== undefined && (before.kind !== 'Service' || change.after !== undefined)) return change;
  }
  return undefined;
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
  return objectsOf(nextVersion(context.chart), { ...options, now: (options.now ?? Date.now()) + oneDay });
}

/** The objects of a chart by name; none where it does not render. */
function objectsOf(chart: Chart, options: LintRenderOptions): ReadonlyMap<string, RenderedObject> {
  try {
    const render = renderForLint(chart, { ...options, skipSchemaValidation: true });
    if (render === undefined) return new Map();
    const place = { chart: chart.metadata.name, namespace: options.namespace };
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
