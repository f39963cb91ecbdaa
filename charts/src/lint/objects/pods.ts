/** The pods that a chart's workloads will make: their labels, ports and what they refer to. */
import { at, isObject, type JsonObject, listAt, objectAt, textAt } from './plain.ts';
import { groupOf, type RenderedObject } from './rendered-object.ts';

export interface PodTemplate {
  readonly owner: RenderedObject;
  /** Where the template is in its owner. */
  readonly path: readonly string[];
  readonly labels: JsonObject;
  readonly spec: JsonObject;
}

const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['Deployment', ['spec', 'template']],
  ['StatefulSet', ['spec', 'template']],
  ['DaemonSet', ['spec', 'template']],
  ['ReplicaSet', ['spec', 'template']],
  ['ReplicationController', ['spec', 'template']],
  ['Job', ['spec', 'template']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

const builtInGroups = new Set(['', 'apps', 'batch', 'extensions']);

/** The pod template of an object, if it is a workload. */
export function podTemplateOf(owner: RenderedObject): PodTemplate | undefined {
  const path = templatePaths.get(owner.kind);
  if (path === undefined || !builtInGroups.has(groupOf(owner))) return undefined;
  const template = at(owner.object, ...path);
  if (!isObject(template)) return undefined;
  return { owner, path, labels: objectAt(template, 'metadata', 'labels'), spec: objectAt(template, 'spec') };
}

/** Init containers and containers, each with its path within the owner. */
export function containersOf(pod: PodTemplate): { container: JsonObject; path: readonly (string | number)[] }[] {
  return ['initContainers', 'containers'].flatMap((field) =>
    listAt(pod.spec, field).flatMap((container, index) =>
      isObject(container) ? [{ container, path: [...pod.path, 'spec', field, index] }] : [],
    ),
  );
}

/** Whether a LabelSelector (or, with `plain`, a map of labels) selects labels. */
export function isSelected(
  labels: JsonObject,
  selector: JsonObject,
  options: { readonly plain?: boolean } = {},
): boolean {
  const equal = options.plain === true ? selector : objectAt(selector, 'matchLabels');
  const expressions = options.plain === true ? [] : listAt(selector, 'matchExpressions');
  const holds = Object.entries(equal).every(([key, value]) => at(labels, key) === value);
  return holds && expressions.every((expression) => meets(labels, expression));
}

function meets(labels: JsonObject, expression: Parameters<typeof at>[0]): boolean {
  const value = at(labels, textAt(expression, 'key'));
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
