/**
 * Objects that an API server makes for itself where they are missing. Clusters of one process share all of them but their
 * identity: a cluster is made in a moment, and hundreds of such objects are little more than their keys.
 */
import { deepCopy } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { storageKey } from '../apimachinery/resource.ts';
import { formatTime, type Instant } from '../apimachinery/time.ts';
import { type Core, newUid } from './core.ts';
import { type ManagedFieldsEntry, trackUpdate } from './managed-fields.ts';
import type { Draft } from './resources/resource.ts';

export interface OwnObject {
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  /** Complete: with its defaults, without identity. */
  readonly object: KubeObject;
  /** Who is written down as its author. */
  readonly manager: string;
  /** What a controller would add to it at once, and who is written down for that. */
  readonly added?: {
    readonly fields: (time: string) => Readonly<Record<string, unknown>>;
    readonly entry: ManagedFieldsEntry;
  };
}

/** With managedFields, by key. */
const prepared = new Map<string, KubeObject>();

export function createOwnObjects(core: Core, objects: readonly OwnObject[]): void {
  for (const own of objects) {
    const { name = '', namespace = '' } = own.object.metadata;
    const key = storageKey(own.group, own.resource, namespace, name);
    if (core.store.get(key) !== undefined) continue;
    const known = prepared.get(key) ?? prepare(core, own);
    prepared.set(key, known);
    core.store.put(key, withIdentity(core, known, own), 'absent');
  }
}

function withIdentity(core: Core, known: KubeObject, { added }: OwnObject): KubeObject {
  const time = formatTime(core.now());
  const entries = (known.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[]; // written below
  return {
    ...known,
    metadata: {
      ...known.metadata,
      uid: newUid(core.random),
      creationTimestamp: time,
      managedFields: entries.map((entry) => ({ ...entry, time })),
    },
    ...added?.fields(time),
  };
}

/** Records who owns which field, as a create does. */
function prepare(core: Core, { group, resource: plural, object, manager, added }: OwnObject): KubeObject {
  const resource = core.resources.find(group === '' ? plural : `${plural}.${group}`);
  if (resource === undefined) return object;
  const draft = deepCopy(object) as Draft; // complete, and a copy of its own
  const { name = '', namespace = '' } = object.metadata;
  const start: Instant = 0;
  trackUpdate(
    {
      resource,
      version: resource.storageVersion,
      namespace,
      name,
      subresource: '',
      body: {},
      options: { fieldManager: manager },
    },
    undefined,
    draft,
    start,
  );
  const entries = draft.metadata.managedFields ?? [];
  return {
    ...draft,
    metadata: { ...draft.metadata, managedFields: added === undefined ? entries : [added.entry, ...entries] },
  };
}
