/**
 * ControllerRevisions: the templates that StatefulSets and DaemonSets had, as patches (pkg/controller/history v1.34).
 * Equal templates share a revision; going back to an old one gives it a new number.
 */
import { deepEqual, isObject } from '../apimachinery/json.ts';
import type { ControllerRevision, PodTemplateSpec } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { newControllerRef } from '../apimachinery/owner.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { ReconcileContext } from './controller.ts';
import type { Owner } from './pod-control.ts';

const RESOURCE = 'controllerrevisions.apps';

/** JSON as Go's encoder writes a map: sorted keys, and `<`, `>`, `&` escaped. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    return `{${keys
      .sort()
      .map((key) => `${goJson(key)}:${goJson(value[key])}`)
      .join(',')}}`;
  }
  return (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The patch that a revision holds, its keys in Go's order: clients compare the text with that of a template. */
export function revisionData(template: PodTemplateSpec): Readonly<Record<string, unknown>> {
  return { spec: { template: sorted({ ...template, $patch: 'replace' }) } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return Object.fromEntries(keys.sort().map((key) => [key, sorted(value[key])]));
}

/** The template that a revision stands for. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec | undefined {
  const data = revision.data as
    | { readonly spec?: { readonly template?: PodTemplateSpec & { $patch?: string } } }
    | undefined;
  if (data?.spec?.template === undefined) return undefined;
  const { $patch: _, ...template } = data.spec.template;
  return template;
}

/** By number, then age, then name. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export interface RevisionRequest {
  readonly owner: Owner;
  readonly template: PodTemplateSpec;
  /** In order. */
  readonly revisions: readonly ControllerRevision[];
  readonly collisionCount: number;
  readonly hashLabel: string;
  /** The hash for a name. */
  hash(collisionCount: number): string;
}

export interface RevisionAnswer {
  readonly revision: ControllerRevision;
  readonly collisionCount: number;
}

/** The revision of the template as it is now: the newest, an older one renumbered, or a new one. */
export function syncRevision(request: RevisionRequest, context: ReconcileContext): RevisionAnswer {
  const { revisions, template, collisionCount } = request;
  const data = revisionData(template);
  const equal = revisions.filter((revision) => deepEqual(revision.data, data)).at(-1);
  const newest = revisions.at(-1);
  const next = (newest?.revision ?? 0) + 1;
  if (equal === undefined) return createRevision(request, next, context);
  if (equal === newest) return { revision: equal, collisionCount };
  return {
    revision: context.client.update<ControllerRevision>(RESOURCE, { ...equal, revision: next }),
    collisionCount,
  };
}

function createRevision(
  { owner, template, collisionCount, hashLabel, hash }: RevisionRequest,
  number: number,
  context: ReconcileContext,
): RevisionAnswer {
  const data = revisionData(template);
  for (let count = collisionCount; ; count++) {
    const suffix = hash(count);
    const draft: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${owner.metadata.name.slice(0, 223)}-${suffix}`,
        namespace: owner.metadata.namespace ?? '',
        labels: { ...template.metadata?.labels, [hashLabel]: suffix },
        ...(owner.metadata.annotations === undefined ? {} : { annotations: owner.metadata.annotations }),
        ownerReferences: [newControllerRef(owner)],
      },
      data,
      revision: number,
    };
    try {
      return { revision: context.client.create<ControllerRevision>(RESOURCE, draft), collisionCount: count };
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error;
      const key = { namespace: owner.metadata.namespace ?? '', name: draft.metadata.name ?? '' };
      const existing = context.client.get<ControllerRevision>(RESOURCE, key);
      if (deepEqual(existing.data, data)) return { revision: existing, collisionCount: count };
    }
  }
}

/** Removes the oldest revisions that nothing uses, beyond the limit. */
export function truncateHistory(
  revisions: readonly ControllerRevision[],
  { isLive, limit }: { readonly isLive: (revision: ControllerRevision) => boolean; readonly limit: number },
  context: ReconcileContext,
): void {
  const dead = revisions.filter((revision) => !isLive(revision));
  for (const { metadata } of dead.slice(0, Math.max(0, dead.length - limit))) {
    try {
      context.client.delete(RESOURCE, { namespace: metadata.namespace ?? '', name: metadata.name });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
