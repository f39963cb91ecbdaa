/**
 * The resource that a definition defines, as each of its served versions has it.
 */
import { isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Resource, SubresourceFacts } from '../resources/resource.ts';
import { type DefinitionVersion, definitionSpec, versionOf } from './definition.ts';
import { definitionStatus } from './names.ts';
import { printerTable } from './printer.ts';
import { customSchema } from './schema.ts';
import { customValidator } from './validator.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** The resource, in its storage version; `inVersion` tells of the others. */
export function resourceOf(definition: KubeObject): Resource {
  const { versions } = definitionSpec(definition);
  const served = versions.filter((version) => version.served);
  const storage = versions.find((version) => version.storage)?.name ?? versions[0]?.name ?? 'v1';
  const order = [...served].sort((a, b) => compareVersions(a.name, b.name)).map(({ name }) => name);
  const views = new Map<string, Resource>();
  const inVersion = (version: string): Resource => {
    const known = views.get(version);
    if (known !== undefined) return known;
    const view = { ...makeView(definition, { version, storage, order }), inVersion };
    views.set(version, view);
    return view;
  };
  return inVersion(storage);
}

interface ViewOptions {
  readonly version: string;
  readonly storage: string;
  readonly order: readonly string[];
}

function makeView(definition: KubeObject, { version, storage, order }: ViewOptions): Resource {
  const { group, scope, names: wanted } = definitionSpec(definition);
  // What others had first it does not get.
  const names = { ...wanted, ...definitionStatus(definition).acceptedNames };
  const facts = versionOf(definition, version);
  const schemas = new Map<string, ReturnType<typeof customSchema>>();
  const selectable = facts?.selectableFields ?? [];
  const warning = deprecationOf(definition, version, order);
  const validator = customValidator(definition, version);
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
    subresources: subresourcesOf(group, names.kind, facts),
    custom: true,
    definition,
    ...(warning === undefined ? {} : { deprecation: warning }),
    schema(of) {
      const known = schemas.get(of);
      if (known !== undefined) return known;
      const schema = customSchema(versionOf(definition, of)?.schema?.openAPIV3Schema ?? {});
      schemas.set(of, schema);
      return schema;
    },
    facts: {
      group,
      kind: names.kind,
      unconditionalUpdate: false,
      prepareCreate(draft) {
        if (definition.metadata.deletionTimestamp !== undefined) {
          const name = draft.metadata.name ?? '';
          throw new ApiError(
            'Forbidden',
            `${names.plural}.${group} "${name}" is forbidden: create not allowed while custom resource definition is terminating`,
            { name, group, kind: names.plural },
          );
        }
        if (facts?.subresources?.status !== undefined) delete draft.status;
      },
      validate: (object, context) => validator(object, undefined, context),
      validateUpdate: (object, old, context) => validator(object, old, context),
      validateStatusUpdate: (object, old, context) => validator(object, old, context),
      table: printerTable(facts),
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

/** What clients of a deprecated version are warned of. */
function deprecationOf(definition: KubeObject, version: string, order: readonly string[]): string | undefined {
  const facts = versionOf(definition, version);
  if (facts?.deprecated !== true) return undefined;
  if (facts.deprecationWarning !== undefined) return facts.deprecationWarning;
  const { group, names, versions } = definitionSpec(definition);
  const better = order.find((name) => versions.some((one) => one.name === name && one.deprecated !== true));
  const use = better === undefined || better === version ? '' : `; use ${group}/${better} ${names.kind}`;
  return `${group}/${version} ${names.kind} is deprecated${use}`;
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
  version: DefinitionVersion | undefined,
): ReadonlyMap<string, SubresourceFacts> {
  const out = new Map<string, SubresourceFacts>();
  if (version?.subresources?.status !== undefined)
    out.set('status', { name: 'status', kind, group, version: version.name, verbs: STATUS_VERBS });
  if (version?.subresources?.scale !== undefined)
    out.set('scale', { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: STATUS_VERBS });
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
