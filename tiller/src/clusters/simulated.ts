/**
 * A simulated cluster behind the Cluster port: the same verbs that kubectl reaches by HTTP, called in process. Sleeping
 * on its clock moves its time.
 */
import {
  ApiError,
  type KubeObject as ApiObject,
  type Change,
  type Client,
  type ObjectKey,
  type Simulation,
} from '@drydock/controllers';
import {
  type ApiResource,
  type ApiResources,
  type ApplyOptions,
  type Cluster,
  type ClusterClock,
  ClusterError,
  type DeleteOptions,
  type KubeList,
  type KubeObject,
  type ListQuery,
  type LogOptions,
  type ObjectRef,
  type Patch,
  type WatchEvent,
  type WriteOptions,
} from './cluster.ts';

/** Under this name the cluster records what is written without a manager of its own. */
const FIELD_MANAGER = 'drydock';

interface KnownResource extends ApiResource {
  readonly group: string;
  readonly version: string;
}

export class SimulatedCluster implements Cluster {
  readonly simulation: Simulation;
  readonly clock: ClusterClock;
  private readonly client: Client;
  private index: { readonly generation: number; readonly byKind: ReadonlyMap<string, KnownResource> } | undefined;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.clock = simulation.clock;
    this.client = simulation.api.clientFor(FIELD_MANAGER);
  }

  get name(): string {
    return this.simulation.name;
  }

  async discover(): Promise<ApiResources> {
    const resources = [...this.resources().values()].map(
      ({ group: _group, version: _version, ...resource }) => resource,
    );
    return { gitVersion: this.simulation.kubernetesVersion, resources };
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return this.call(() => this.client.find(this.nameOf(ref), keyOf(ref)));
  }

  async list(query: ListQuery): Promise<KubeList> {
    const { apiVersion, kind, ...options } = query;
    return this.call(() => ({
      items: this.client.list(this.nameOf({ apiVersion, kind }), options),
      resourceVersion: String(this.simulation.api.core.store.revision),
    }));
  }

  async *watch(query: ListQuery, from: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const resource = this.resourceOf(query);
    const selected = () => new Set(this.selectedKeys(query));
    const queue: Change[] = [];
    let wake = () => {};
    const { store } = this.simulation.api.core;
    const prefix = `/${resource.group}/${resource.resource}/${query.namespace === undefined ? '' : `${query.namespace}/`}`;
    const stop = this.call(() =>
      store.subscribe(prefix, Number(from), (change) => {
        queue.push(change);
        wake();
      }),
    );
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      // What the reader has seen: an object that no longer fits the selectors leaves as DELETED.
      const seen = new Set<string>();
      for (const { key, previous } of queue) if (previous !== undefined) seen.add(key);
      while (!signal.aborted) {
        const change = queue.shift();
        if (change === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const event = this.eventOf(change, { query, seen, selected });
        if (event !== undefined) yield event;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      stop();
    }
  }

  async create(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return this.call(() =>
      this.client.create(this.nameOf(object), object as ApiObject, { ...options, fieldValidation: 'Strict' }),
    );
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const { namespace, name = '' } = object.metadata;
    const key = { name, ...(namespace === undefined ? {} : { namespace }) };
    return this.call(() =>
      this.client.patch(
        this.nameOf(object),
        key,
        { type: 'apply', patch: object },
        { ...options, fieldValidation: 'Strict' },
      ),
    );
  }

  async patch(ref: ObjectRef, patch: Patch, options: WriteOptions = {}): Promise<KubeObject> {
    return this.call(() => this.client.patch(this.nameOf(ref), keyOf(ref), patch, options));
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    try {
      this.call(() => this.client.delete(this.nameOf(ref), keyOf(ref), options));
    } catch (error) {
      const isGone = error instanceof ClusterError && (error.code === 'NotFound' || error.code === 'NoMatch');
      if (!isGone) throw error;
    }
  }

  async *logs(ref: ObjectRef, options: LogOptions = {}): AsyncIterable<string> {
    const { kubelet } = this.simulation.api.core;
    const pod = await this.get(ref);
    if (pod === undefined) throw new ClusterError('NotFound', `pods "${ref.name}" not found`, { status: 404 });
    if (kubelet === undefined) return;
    // A parsed border: pods have been checked by the API.
    const spec = pod.spec as { containers?: readonly { name: string }[] } | undefined;
    const containers =
      options.container === undefined ? (spec?.containers ?? []).map(({ name }) => name) : [options.container];
    for (const container of containers) {
      const text = this.call(() =>
        kubelet.log({
          namespace: ref.namespace ?? '',
          pod: ref.name,
          container,
          previous: false,
          timestamps: false,
          ...(options.tailLines === undefined ? {} : { tailLines: options.tailLines }),
        }),
      );
      for (const line of text.split('\n')) if (line !== '') yield line;
    }
  }

  /** Runs a verb; the API's refusals become ClusterErrors. */
  private call<T>(verb: () => T): T {
    try {
      return verb();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { reason, message, code, details } = error;
      throw new ClusterError(reason, message, { status: code, details, cause: error });
    }
  }

  /** The resource's name with its version, as the client takes it. */
  private nameOf(object: { readonly apiVersion: string; readonly kind: string }): string {
    const { resource, version, group } = this.resourceOf(object);
    return group === '' ? `${resource}.${version}` : `${resource}.${version}.${group}`;
  }

  private resourceOf(object: { readonly apiVersion: string; readonly kind: string }): KnownResource {
    const resource = this.resources().get(`${object.apiVersion}/${object.kind}`);
    if (resource !== undefined) return resource;
    throw new ClusterError('NoMatch', `no matches for kind "${object.kind}" in version "${object.apiVersion}"`, {
      status: 404,
    });
  }

  /** What is served, by apiVersion and kind; made anew when CustomResourceDefinitions have come or gone. */
  private resources(): ReadonlyMap<string, KnownResource> {
    const table = this.simulation.api.core.resources;
    if (this.index?.generation === table.generation) return this.index.byKind;
    const byKind = new Map<string, KnownResource>();
    for (const { group, versions, kind, resource, namespaced, verbs } of table.all()) {
      for (const version of versions) {
        const apiVersion = group === '' ? version : `${group}/${version}`;
        byKind.set(`${apiVersion}/${kind}`, { group, version, apiVersion, kind, resource, namespaced, verbs });
      }
    }
    this.index = { generation: table.generation, byKind };
    return byKind;
  }

  private selectedKeys(query: ListQuery): readonly string[] {
    const { apiVersion, kind, ...options } = query;
    return this.client.list(this.nameOf({ apiVersion, kind }), options).map(objectKey);
  }

  private eventOf(
    change: Change,
    context: { readonly query: ListQuery; readonly seen: Set<string>; readonly selected: () => ReadonlySet<string> },
  ): WatchEvent | undefined {
    const { query, seen, selected } = context;
    const hasSelector = query.labelSelector !== undefined || query.fieldSelector !== undefined;
    const isIn = change.type !== 'DELETED' && (!hasSelector || selected().has(objectKey(change.object)));
    if (isIn) {
      const isKnown = seen.has(change.key) || (!hasSelector && change.type === 'MODIFIED');
      seen.add(change.key);
      return { type: isKnown ? 'MODIFIED' : 'ADDED', object: asKubeObject(change.object) };
    }
    if (hasSelector && !seen.delete(change.key)) return undefined;
    return { type: 'DELETED', object: asKubeObject(change.object) };
  }
}

/** The port's objects have an index signature in their metadata, so that fields which it does not name can be read. */
function asKubeObject(object: ApiObject): KubeObject {
  return object as KubeObject;
}

function keyOf(ref: ObjectRef): ObjectKey {
  return ref.namespace === undefined ? { name: ref.name } : { namespace: ref.namespace, name: ref.name };
}

function objectKey(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
}
