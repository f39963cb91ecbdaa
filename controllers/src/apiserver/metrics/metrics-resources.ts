/**
 * metrics.k8s.io/v1beta1, as metrics-server serves it: what nodes and pods use, worked out from the kubelets when it is
 * asked for. `kubectl top` reads it; the autoscaler takes the same figures from the kubelets.
 */
import { notFound } from '../../apimachinery/api-errors.ts';
import type { Pod } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { addQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Core } from '../core.ts';
import type { ContainerUsage } from '../kubelet-answers.ts';
import type { Column, ComputedObjects, Resource, TableFacts } from '../resources/resource.ts';

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
/** What the figures are the average of. */
const WINDOW = '15s';

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

interface PodMetrics extends KubeObject {
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

interface NodeMetrics extends KubeObject {
  readonly usage: Usage;
}

/** Quantities in the units that metrics-server uses: billionths of a core, and Ki. */
function usageOf({ cpu, memory }: Omit<ContainerUsage, 'name'>): Usage {
  const kibibytes = Math.ceil(memory / 1024);
  return { cpu: cpu === 0 ? '0' : `${Math.round(cpu * 1e6)}n`, memory: kibibytes === 0 ? '0' : `${kibibytes}Ki` };
}

function common(core: Core, kind: string, { metadata }: KubeObject): KubeObject {
  const { name, namespace, labels } = metadata;
  const time = formatTime(core.now());
  return {
    kind,
    apiVersion: `${GROUP}/${VERSION}`,
    metadata: {
      name: name ?? '',
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: time,
      ...(labels === undefined ? {} : { labels }),
    },
    timestamp: time,
    window: WINDOW,
  };
}

function podMetrics(core: Core, object: KubeObject): PodMetrics | undefined {
  const containers = core.kubelet?.usage?.pod(object as unknown as Pod); // read from pods
  if (containers === undefined) return undefined;
  return {
    ...common(core, 'PodMetrics', object),
    containers: containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
  };
}

function nodeMetrics(core: Core, object: KubeObject, pods: ReadonlyMap<string, readonly Pod[]>): NodeMetrics {
  const usage = core.kubelet?.usage?.node(pods.get(object.metadata.name ?? '') ?? []) ?? { cpu: 0, memory: 0 };
  return { ...common(core, 'NodeMetrics', object), usage: usageOf(usage) };
}

function podsByNode(core: Core): ReadonlyMap<string, readonly Pod[]> {
  const out = new Map<string, Pod[]>();
  for (const { object } of core.store.list(storagePrefix('', 'pods'))) {
    const pod = object as unknown as Pod; // read from pods
    const node = pod.spec.nodeName ?? '';
    const known = out.get(node);
    if (known === undefined) out.set(node, [pod]);
    else known.push(pod);
  }
  return out;
}

const PODS: ComputedObjects = {
  notFound: (namespace, name) => notFound({ group: GROUP, resource: 'podmetrics' }, `${namespace}/${name}`),
  list: (core, namespace) =>
    core.store
      .list(storagePrefix('', 'pods', namespace))
      .map(({ object }) => podMetrics(core, object))
      .filter((metrics) => metrics !== undefined),
  find(core, namespace, name) {
    const stored = core.store.get(storageKey('', 'pods', namespace, name));
    if (stored === undefined) throw notFound({ group: '', resource: 'pods' }, name);
    return podMetrics(core, stored.object);
  },
};

const NODES: ComputedObjects = {
  notFound: (_, name) => notFound({ group: GROUP, resource: 'nodemetrics' }, name),
  list(core) {
    const pods = podsByNode(core);
    return core.store.list(storagePrefix('', 'nodes')).map(({ object }) => nodeMetrics(core, object, pods));
  },
  find(core, _, name) {
    const stored = core.store.get(storageKey('', 'nodes', '', name));
    if (stored === undefined) throw notFound({ group: '', resource: 'nodes' }, name);
    return nodeMetrics(core, stored.object, podsByNode(core));
  },
};

const column = (name: string, format: string, description = ''): Column => ({
  name,
  type: 'string',
  format,
  description,
  priority: 0,
});

function tableOf(usages: (object: KubeObject) => readonly Usage[]): TableFacts {
  const total = (all: readonly Usage[], key: keyof Usage): string => {
    const [first, ...rest] = all.map((usage) => parseQuantity(usage[key]));
    return first === undefined ? '0' : formatQuantity(rest.reduce(addQuantities, first));
  };
  return {
    columns: [
      column('Name', 'name', 'Name of the resource'),
      column('cpu', 'quantity'),
      column('memory', 'quantity'),
      column('Window', 'duration'),
    ],
    cells(object) {
      const all = usages(object);
      return [object.metadata.name, total(all, 'cpu'), total(all, 'memory'), WINDOW];
    },
  };
}

const POD_TABLE = tableOf((object) => (object as PodMetrics).containers.map(({ usage }) => usage));
const NODE_TABLE = tableOf((object) => [(object as NodeMetrics).usage]);

function resource(
  facts: Pick<Resource, 'resource' | 'kind' | 'namespaced'>,
  table: TableFacts,
  computed: ComputedObjects,
): Resource {
  return {
    ...facts,
    group: GROUP,
    singular: '',
    shortNames: [],
    categories: [],
    verbs: ['get', 'list'],
    versions: [VERSION],
    storageVersion: VERSION,
    subresources: new Map(),
    facts: { group: GROUP, kind: facts.kind, table },
    custom: false,
    schema: () => undefined,
    computed,
  };
}

/** Nodes and pods of metrics.k8s.io. */
export const METRICS_RESOURCES: readonly Resource[] = [
  resource({ resource: 'nodes', kind: 'NodeMetrics', namespaced: false }, NODE_TABLE, NODES),
  resource({ resource: 'pods', kind: 'PodMetrics', namespaced: true }, POD_TABLE, PODS),
];
