/**
 * From rendered documents to the objects that a release owns: lists unfolded, namespaces filled in, Helm's ownership
 * metadata put on; and the check of that metadata on what is already there (Helm v4 pkg/action/validate.go).
 */
import type { KubeObject } from '../clusters/cluster.ts';
import { describeRef, refKey, refOf } from './progress.ts';
import { ReleaseError, type ReleaseId, type ReleaseManifest } from './release.ts';
import type { ResourceIndex } from './resources.ts';

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const RELEASE_NAME_ANNOTATION = 'meta.helm.sh/release-name';
export const RELEASE_NAMESPACE_ANNOTATION = 'meta.helm.sh/release-namespace';
/** Helm's own value, so that charts, kubectl users and Helm itself recognize the objects. */
const MANAGED_BY = 'Helm';
const RESOURCE_POLICY_ANNOTATION = 'helm.sh/resource-policy';

/** An object and the template that it came from. */
export interface SourcedObject {
  readonly source: string;
  readonly object: KubeObject;
}

/** The single objects of a document: `List` kinds are unfolded. */
export function unfold(object: KubeObject | null): readonly KubeObject[] {
  if (object === null) return [];
  const items = object.items;
  if (!object.kind.endsWith('List') || !Array.isArray(items)) return [object];
  return items.flatMap((item: KubeObject) => unfold(item));
}

/**
 * The objects of manifests, in order, each once (a later one of the same identity takes the place of the earlier).
 * Throws Invalid for an object without a name and for a kind that the cluster does not have.
 */
export function objectsOf(
  manifests: readonly ReleaseManifest[],
  context: { readonly namespace: string; readonly resources: ResourceIndex },
): readonly SourcedObject[] {
  const objects = new Map<string, SourcedObject>();
  for (const manifest of manifests) {
    for (const object of unfold(manifest.object)) {
      const sourced = { source: manifest.source, object: placeObject(object, { ...context, source: manifest.source }) };
      const { name } = sourced.object.metadata;
      objects.set(name === undefined ? `generated/${objects.size}` : refKey(refOf(sourced.object)), sourced);
    }
  }
  return [...objects.values()];
}

/** Puts an object into its namespace: the release's, unless it says another or its kind has none. */
export function placeObject(
  object: KubeObject,
  context: { readonly namespace: string; readonly resources: ResourceIndex; readonly source: string },
): KubeObject {
  const metadata = object.metadata ?? {};
  if (typeof metadata.name !== 'string' && typeof metadata.generateName !== 'string') {
    throw new ReleaseError('Invalid', `${context.source}: ${object.kind}: metadata.name is missing`);
  }
  const resource = context.resources.find(object.apiVersion, object.kind);
  if (resource === undefined) {
    throw new ReleaseError(
      'Invalid',
      `${context.source}: ${object.kind} ${metadata.name}: no matches for kind "${object.kind}" in version ` +
        `"${object.apiVersion}": install the CRDs first`,
    );
  }
  const { namespace, creationTimestamp: _unset, ...rest } = metadata;
  if (!resource.namespaced) return { ...object, metadata: rest };
  return { ...object, metadata: { ...rest, namespace: namespace || context.namespace } };
}

/** With the label and annotations by which Helm knows its own. */
export function stampOwnership(object: KubeObject, id: ReleaseId): KubeObject {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: {
        ...object.metadata.annotations,
        [RELEASE_NAME_ANNOTATION]: id.name,
        [RELEASE_NAMESPACE_ANNOTATION]: id.namespace,
      },
    },
  };
}

/** What is wrong with a live object's ownership metadata; undefined when it is this release's. */
export function ownershipProblem(live: KubeObject, id: ReleaseId): string | undefined {
  const { labels = {}, annotations = {} } = live.metadata;
  const problems = [
    mismatch({ kind: 'label', key: MANAGED_BY_LABEL, actual: labels[MANAGED_BY_LABEL], expected: MANAGED_BY }),
    mismatch({
      kind: 'annotation',
      key: RELEASE_NAME_ANNOTATION,
      actual: annotations[RELEASE_NAME_ANNOTATION],
      expected: id.name,
    }),
    mismatch({
      kind: 'annotation',
      key: RELEASE_NAMESPACE_ANNOTATION,
      actual: annotations[RELEASE_NAMESPACE_ANNOTATION],
      expected: id.namespace,
    }),
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : problems.join('; ');
}

/** Helm's message for an object that is there and not ours. */
export function refuseForeign(sourced: SourcedObject, problem: string): ReleaseError {
  return new ReleaseError(
    'AlreadyExists',
    `${sourced.source}: ${describeRef(refOf(sourced.object))} exists and cannot be imported into the current release: ` +
      `invalid ownership metadata; ${problem}`,
  );
}

/** Whether an object says `helm.sh/resource-policy: keep`. */
export function isKept(object: KubeObject): boolean {
  return object.metadata.annotations?.[RESOURCE_POLICY_ANNOTATION]?.trim().toLowerCase() === 'keep';
}

function mismatch(check: {
  kind: string;
  key: string;
  actual: string | undefined;
  expected: string;
}): string | undefined {
  if (check.actual === check.expected) return undefined;
  return check.actual === undefined
    ? `${check.kind} validation error: missing key "${check.key}": must be set to "${check.expected}"`
    : `${check.kind} validation error: key "${check.key}" must equal "${check.expected}": current value is "${check.actual}"`;
}
