/**
 * What the API server knows about a resource: its names from the discovery document, and the facts of its kind that are
 * not in the published types. A kind's facts stand in one file, `resources/<group>/<kind>.ts`; `kinds.ts` lists them.
 */
import type { FieldError } from '../../apimachinery/api-errors.ts';
import type { KubeObject, ObjectMeta } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import type { UserInfo } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import type { Schema } from '../schema/types.ts';

/** A decoded object that its request may still change; never one out of the store. */
export interface Draft extends Record<string, unknown> {
  apiVersion: string;
  kind: string;
  metadata: DraftMeta;
}

export type DraftMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] } & { selfLink?: string };

/** What a name is checked with (NameIsDNSSubdomain and so on). */
export type NameRule = (name: string) => string[];

/** What the facts of a kind may look at while they work. */
export interface KindContext {
  readonly core: Core;
  readonly dryRun: boolean;
  readonly subresource: string;
  /** Who asks; absent: the control plane. */
  readonly user?: UserInfo;
  /** Where warnings for the client go. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** How a resource is shown in a table. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description: string;
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: number;
}

export interface TableFacts {
  readonly columns: readonly Column[];
  cells(object: KubeObject, now: number): readonly unknown[];
  /** What is told of a row besides. */
  readonly conditions?: (object: KubeObject) => readonly RowCondition[];
}

/** meta.k8s.io TableRowCondition. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface KindFacts {
  readonly group: string;
  readonly kind: string;
  /** Default: a DNS subdomain. */
  readonly name?: NameRule;
  /**
   * What moves metadata.generation: nothing, the spec, or the spec and the annotations; `once`: it is 1 and stays. Default:
   * `spec` if the kind has status.
   */
  readonly generation?: 'none' | 'once' | 'spec' | 'spec-and-annotations';
  /** Fields besides spec and status that an ordinary update keeps, and so on, are of prepareUpdate. */
  readonly prepareCreate?: (draft: Draft, context: KindContext) => void;
  readonly prepareUpdate?: (draft: Draft, old: KubeObject, context: KindContext) => void;
  readonly prepareStatusUpdate?: (draft: Draft, old: KubeObject, context: KindContext) => void;
  readonly validate?: (object: KubeObject, context: KindContext) => readonly FieldError[];
  readonly validateUpdate?: (object: KubeObject, old: KubeObject, context: KindContext) => readonly FieldError[];
  readonly validateStatusUpdate?: (object: KubeObject, old: KubeObject, context: KindContext) => readonly FieldError[];
  /** A PUT to a name that is not there creates it. */
  readonly createOnUpdate?: boolean;
  /** A PUT without resourceVersion is taken. Default true. */
  readonly unconditionalUpdate?: boolean;
  /** Graceful deletion: the grace period in seconds, 0 for at once. */
  readonly gracePeriod?: (object: KubeObject, requested: number | undefined) => number;
  /** What a delete without propagationPolicy does. Default Background. */
  readonly defaultPropagation?: 'Orphan' | 'Background';
  /** Field labels besides metadata.name and metadata.namespace. */
  readonly fieldLabels?: Readonly<Record<string, (object: KubeObject) => string>>;
  /** What is said of another field label, where it is not the usual. */
  readonly unknownField?: (field: string) => string;
  readonly table?: TableFacts;
  /** Before it is gone from the store: free what it holds, or refuse. */
  readonly beforeDelete?: (object: KubeObject, context: KindContext) => void;
  /** What is stored instead of deleting it (namespaces wait for /finalize); undefined to go on. */
  readonly beginDelete?: (object: KubeObject, now: number) => KubeObject | undefined;
}

export interface SubresourceFacts {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

export interface Resource {
  readonly group: string;
  /** The plural name. */
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Served versions, the preferred one first. */
  readonly versions: readonly string[];
  /** The version that objects are stored in. */
  readonly storageVersion: string;
  /** The resource of another group as which objects are stored: events.k8s.io's are those of the core group. */
  readonly storedAs?: Resource;
  readonly subresources: ReadonlyMap<string, SubresourceFacts>;
  readonly facts: KindFacts;
  /** Whether it is defined by a CustomResourceDefinition. */
  readonly custom: boolean;
  /** Objects that are not stored but worked out when they are read; only get and list are served. */
  readonly computed?: ComputedObjects;
  /** The type of a version; undefined where objects are stored as they are. */
  schema(version: string): Schema | undefined;
  /** Apply, patch, prune and validate a custom resource by its own schema. */
  readonly definition?: KubeObject;
  /** A custom resource as another of its versions has it: subresources, columns, fields to select by. */
  readonly inVersion?: (version: string) => Resource;
  /** What clients of the version are warned of. */
  readonly deprecation?: string;
}

export interface ComputedObjects {
  /** What an object that is not there is said to be. */
  readonly notFound: (namespace: string, name: string) => Error;
  /** All of a namespace, or of the cluster, in the order of namespace and name. */
  list(core: Core, namespace: string | undefined): readonly KubeObject[];
  find(core: Core, namespace: string, name: string): KubeObject | undefined;
}

/** The resource as which objects are stored. */
export function storedResource(resource: Resource): Resource {
  return resource.storedAs ?? resource;
}

/** Whether objects of a version are stored as they are. */
export function isStoredForm(resource: Resource, version: string): boolean {
  return resource.storedAs === undefined && version === resource.storageVersion;
}

/** The key of an object in the store; the namespace is empty for what is cluster-scoped. */
export function keyIn(resource: Resource, namespace: string, name: string): string {
  return storageKey(storedResource(resource).group, resource.resource, resource.namespaced ? namespace : '', name);
}

/** The prefix of the keys of a resource, in one namespace where it is given. */
export function prefixOf(resource: Resource, namespace?: string): string {
  return storagePrefix(storedResource(resource).group, resource.resource, resource.namespaced ? namespace : undefined);
}

/** Whether the kind keeps its status apart. */
export function hasStatus(resource: Resource): boolean {
  return resource.subresources.has('status');
}
