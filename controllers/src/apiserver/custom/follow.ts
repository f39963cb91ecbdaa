/**
 * Keeps the served resources in step with the CustomResourceDefinitions (apiextensions-apiserver, v1.34). Upstream's
 * controllers accept names and establish a definition moments after it is stored; here at once.
 */
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupResource, storagePrefix } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Change } from '../../store/object-store.ts';
import type { Core } from '../core.ts';
import type { Resource, SubresourceFacts } from '../resources/resource.ts';
import { type DefinitionVersion, definitionSpec, versionOf } from './definition.ts';
import { printerTable } from './printer.ts';
import { customSchema } from './schema.ts';
import { validateCustom } from './validate.ts';

const DEFINITIONS = storagePrefix('apiextensions.k8s.io', 'customresourcedefinitions');
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** Serves what is defined now, and follows what changes. Answers how to stop. */
export function followDefinitions(core: Core): () => void {
  for (const { object } of core.store.list(DEFINITIONS)) core.resources.setCustom(resourceOf(object));
  return core.store.subscribe(DEFINITIONS, core.store.revision, (change) => follow(core, change));
}

function follow(core: Core, { type, key, object }: Change): void {
  const { group, names } = definitionSpec(object);
  if (type === 'DELETED') {
    core.resources.removeCustom(formatGroupResource(group, names.plural));
    return;
  }
  // By now it may be gone or changed again: the next change tells.
  const stored = core.store.get(key);
  if (stored === undefined || stored.object !== object) return;
  if (object.metadata.deletionTimestamp !== undefined) {
    cleanUp(core, stored.key, stored.revision, object);
    return;
  }
  core.resources.setCustom(resourceOf(object));
  const accepted = acceptedState(object, formatTime(core.now()));
  if (accepted !== undefined) core.store.put(key, accepted, stored.revision);
}

/** With names accepted, established, and the finalizer that guards its objects; undefined when all of that is there. */
function acceptedState(definition: KubeObject, now: string): KubeObject | undefined {
  const status = (definition.status ?? {}) as { conditions?: readonly JsonObject[] | null; acceptedNames?: JsonObject };
  const established = (status.conditions ?? []).some(
    (condition) => condition.type === 'Established' && condition.status === 'True',
  );
  const finalizers = definition.metadata.finalizers ?? [];
  const { names } = definitionSpec(definition);
  const same = JSON.stringify(status.acceptedNames) === JSON.stringify(names);
  if (established && same && finalizers.includes(CLEANUP)) return undefined;
  return {
    ...definition,
    metadata: {
      ...definition.metadata,
      finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP],
    },
    status: {
      ...status,
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          lastTransitionTime: now,
          reason: 'NoConflicts',
          message: 'no conflicts found',
        },
        {
          type: 'Established',
          status: 'True',
          lastTransitionTime: now,
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ],
      acceptedNames: names,
    },
  };
}

/** Deletes its objects, and then lets it go. */
function cleanUp(core: Core, key: string, revision: number, definition: KubeObject): void {
  const { group, names } = definitionSpec(definition);
  const finalizers = definition.metadata.finalizers ?? [];
  if (!finalizers.includes(CLEANUP)) return;
  for (const stored of core.store.list(storagePrefix(group, names.plural)))
    core.store.delete(stored.key, stored.revision);
  const rest = finalizers.filter((name) => name !== CLEANUP);
  if (rest.length === 0) core.store.delete(key, revision);
  else core.store.put(key, { ...definition, metadata: { ...definition.metadata, finalizers: rest } }, revision);
}

/** The resource that a definition defines. */
export function resourceOf(definition: KubeObject): Resource {
  const { group, scope, names, versions } = definitionSpec(definition);
  const served = versions.filter((version) => version.served);
  const storage = versions.find((version) => version.storage)?.name ?? versions[0]?.name ?? 'v1';
  const order = [...served].sort((a, b) => compareVersions(a.name, b.name)).map(({ name }) => name);
  const schemas = new Map<string, ReturnType<typeof customSchema>>();
  const selectable = versions.flatMap(({ selectableFields = [] }) => selectableFields);
  return {
    group,
    resource: names.plural,
    kind: names.kind,
    singular: names.singular ?? names.kind.toLowerCase(),
    namespaced: scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: VERBS,
    versions: order,
    storageVersion: storage,
    subresources: subresourcesOf(group, names.kind, served),
    custom: true,
    definition,
    schema(version) {
      const known = schemas.get(version);
      if (known !== undefined) return known;
      const schema = customSchema(versionOf(definition, version)?.schema?.openAPIV3Schema ?? {});
      schemas.set(version, schema);
      return schema;
    },
    facts: {
      group,
      kind: names.kind,
      prepareCreate(draft) {
        if (served.some(({ subresources }) => subresources?.status !== undefined)) delete draft.status;
      },
      validate: (object) => validateCustom(definition, storage, object),
      validateUpdate: (object) => validateCustom(definition, storage, object),
      validateStatusUpdate: (object) => validateCustom(definition, storage, object),
      table: printerTable(versionOf(definition, storage)),
      ...(selectable.length === 0
        ? {}
        : {
            fieldLabels: Object.fromEntries(
              selectable.map(({ jsonPath }) => [
                jsonPath.replace(/^\./, ''),
                (object: KubeObject) => valueAt(object, jsonPath),
              ]),
            ),
          }),
    },
  };
}

function valueAt(object: KubeObject, jsonPath: string): string {
  let value: unknown = object;
  for (const part of jsonPath.split('.').filter((piece) => piece !== ''))
    value = isObject(value) ? value[part] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

function subresourcesOf(
  group: string,
  kind: string,
  versions: readonly DefinitionVersion[],
): ReadonlyMap<string, SubresourceFacts> {
  const out = new Map<string, SubresourceFacts>();
  for (const { name, subresources } of versions) {
    if (subresources?.status !== undefined)
      out.set('status', { name: 'status', kind, group, version: name, verbs: STATUS_VERBS });
    if (subresources?.scale !== undefined)
      out.set('scale', { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: STATUS_VERBS });
  }
  return out;
}

/** GA before beta before alpha, later ones first (apimachinery's version.CompareKubeAwareVersionStrings). */
function compareVersions(a: string, b: string): number {
  const parse = (text: string): readonly [number, number, number] | undefined => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (match === null) return undefined;
    return [match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)];
  };
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) return left === right ? (a < b ? -1 : 1) : left === undefined ? 1 : -1;
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}
