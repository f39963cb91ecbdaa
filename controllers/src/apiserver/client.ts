/**
 * The synchronous, in-process client of a simulated cluster: what controllers, scheduler and kubelet read and write
 * with, through the same defaulting, admission and validation as HTTP requests. Upstream's shape: client-go's dynamic
 * client. A resource is named by its GroupResource text: `pods`, `deployments.apps`, `cronjobs.batch`; with a version in
 * between (`horizontalpodautoscalers.v1.autoscaling`) objects come and go in that version.
 *
 * Objects that come out are shared with the store: never change them.
 */
import type { KubeObject } from '../apimachinery/object.ts';

export interface ObjectKey {
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface PatchOptions extends WriteOptions {
  readonly subresource?: string;
  /** Server-side apply: take over fields that others own. */
  readonly force?: boolean;
}

export type Patch =
  | { readonly type: 'json'; readonly patch: readonly unknown[] }
  | { readonly type: 'merge' | 'strategic' | 'apply'; readonly patch: Readonly<Record<string, unknown>> };

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export interface Client {
  /** Throws NotFound. */
  get<T extends KubeObject = KubeObject>(resource: string, key: ObjectKey): T;
  /** As get, with undefined for what is not there. */
  find<T extends KubeObject = KubeObject>(resource: string, key: ObjectKey): T | undefined;
  /** In order of namespace and name. */
  list<T extends KubeObject = KubeObject>(resource: string, options?: ListOptions): readonly T[];
  /** Throws AlreadyExists, Invalid, Forbidden. The namespace is that of the object's metadata. */
  create<T extends KubeObject = KubeObject>(resource: string, object: KubeObject, options?: WriteOptions): T;
  /** Replaces all but status. Throws Conflict when metadata.resourceVersion is there and not the latest. */
  update<T extends KubeObject = KubeObject>(resource: string, object: KubeObject, options?: WriteOptions): T;
  /** Replaces status only (and, as upstream, annotations and labels where the kind lets them pass). */
  updateStatus<T extends KubeObject = KubeObject>(resource: string, object: KubeObject, options?: WriteOptions): T;
  patch<T extends KubeObject = KubeObject>(resource: string, key: ObjectKey, patch: Patch, options?: PatchOptions): T;
  /** What is left of the object: itself when it waits for its grace period or finalizers, undefined when it is gone. */
  delete(resource: string, key: ObjectKey, options?: DeleteOptions): KubeObject | undefined;
  /** Other subresources: `binding`, `eviction`, `scale`. */
  createSubresource(resource: string, key: ObjectKey, subresource: string, body: KubeObject): KubeObject;
}
