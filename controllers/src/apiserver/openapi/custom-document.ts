/**
 * The OpenAPI documents of custom resources (apiextensions-apiserver's controller/openapi/builder, v1.34): for each kind
 * its schema, the list's, and the operations on them.
 */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { definitionSpec, versionOf } from '../custom/definition.ts';
import type { Resource } from '../resources/resource.ts';
import type { PublishedOpenApi } from './published.ts';
import { type OpenApiVersion, publishedList, publishedSchema, referenceTo } from './structural.ts';

type Part = Record<string, unknown>;

/** What a document adds to the others. */
export interface DocumentParts {
  readonly paths: Part;
  readonly schemas: Part;
}

interface Common {
  /** By action: `list`, `post`, `put`, `patch`, `delete`, `get`, and `path` for the item's path. */
  readonly parameters: Readonly<Record<string, readonly JsonObject[]>>;
  readonly schemas: Part;
  readonly scale?: Part;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const SCALE = 'io.k8s.api.autoscaling.v1.Scale';
const JSON_AND_YAML = ['application/json', 'application/yaml'];
const PATCHES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

interface Operation {
  /** The verb of the operation's id and of its description. */
  readonly verb: string;
  readonly action: string;
  readonly returns: string;
  readonly takes?: string;
  readonly alsoAnswers?: readonly (readonly [code: number, text: string])[];
}

/** The paths and schemas of a resource in one version; with those of all kinds that they refer to in v3. */
export function describeCustom(
  published: PublishedOpenApi,
  openApi: OpenApiVersion,
  resource: Resource,
  version: string,
): DocumentParts {
  return new CustomDocument(published, openApi, resource, version).describe();
}

class CustomDocument {
  readonly #openApi: OpenApiVersion;
  readonly #resource: Resource;
  readonly #version: string;
  readonly #common: Common;
  readonly #listKind: string;
  readonly #definition: string;

  constructor(published: PublishedOpenApi, openApi: OpenApiVersion, resource: Resource, version: string) {
    this.#openApi = openApi;
    this.#resource = resource;
    this.#version = version;
    this.#common = published.json(`custom/${openApi}`) as unknown as Common;
    const names = resource.definition === undefined ? undefined : definitionSpec(resource.definition).names;
    this.#listKind = names?.listKind ?? `${resource.kind}List`;
    this.#definition = this.#nameOf(resource.kind);
  }

  describe(): DocumentParts {
    const { definition, group, kind, resource: plural } = this.#resource;
    const facts = definition === undefined ? undefined : versionOf(definition, this.#version);
    const own = facts?.schema?.openAPIV3Schema;
    const keepsAll = definition !== undefined && definitionSpec(definition).preserveUnknownFields === true;
    const selectable = facts?.selectableFields?.map(({ jsonPath }) => ({ fieldPath: jsonPath.replace(/^\./, '') }));
    const marks = (of: string): Part => ({
      'x-kubernetes-group-version-kind': [{ group, kind: of, version: this.#version }],
      ...(selectable === undefined || selectable.length === 0 ? {} : { 'x-kubernetes-selectable-fields': selectable }),
    });
    const names = { kind, listKind: this.#listKind, plural, definition: this.#definition };
    const hasScale = this.#hasSubresource('scale');
    return {
      paths: this.#paths(),
      schemas: {
        [this.#definition]: { ...publishedSchema(this.#openApi, own, keepsAll), ...marks(kind) },
        [this.#nameOf(this.#listKind)]: { ...publishedList(this.#openApi, names), ...marks(this.#listKind) },
        ...this.#common.schemas,
        ...(hasScale ? this.#common.scale : {}),
      },
    };
  }

  #nameOf(kind: string): string {
    return [...this.#resource.group.split('.').reverse(), this.#version, kind].join('.');
  }

  #hasSubresource(name: string): boolean {
    const { definition, subresources } = this.#resource;
    if (definition === undefined) return subresources.has(name);
    const of: Readonly<Record<string, unknown>> = versionOf(definition, this.#version)?.subresources ?? {};
    return of[name] !== undefined;
  }

  #paths(): Part {
    const { namespaced, resource: plural, group, verbs } = this.#resource;
    const root = `/apis/${formatGroupVersion({ group, version: this.#version })}`;
    const kind = this.#definition;
    const list: Operation = { verb: 'list', action: 'list', returns: this.#nameOf(this.#listKind) };
    const paths: Part = {};
    if (namespaced) paths[`${root}/${plural}`] = this.#listOfAll(list);
    const collection = `${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}`;
    const status = `${META}.Status`;
    const created = [
      [201, 'Created'],
      [202, 'Accepted'],
    ] as const;
    const may = (verb: string, operation: Operation): Operation | undefined =>
      verbs.includes(verb) ? operation : undefined;
    const pathParameters = this.#common.parameters.path ?? [];
    paths[collection] = this.#item(
      '',
      {
        get: list,
        post: may('create', { verb: 'create', action: 'post', returns: kind, takes: kind, alsoAnswers: created }),
        delete: may('deletecollection', { verb: 'deletecollection', action: 'deletecollection', returns: status }),
      },
      pathParameters.filter(({ name }) => name !== 'name'),
    );
    const replaced = [[201, 'Created']] as const;
    const accepted = [[202, 'Accepted']] as const;
    const get: Operation = { verb: 'read', action: 'get', returns: kind };
    const put: Operation = { verb: 'replace', action: 'put', returns: kind, takes: kind, alsoAnswers: replaced };
    const patch: Operation = { verb: 'patch', action: 'patch', returns: kind, takes: `${META}.Patch` };
    const remove: Operation = { verb: 'delete', action: 'delete', returns: status, alsoAnswers: accepted };
    paths[`${collection}/{name}`] = this.#item(
      '',
      { get, put: may('update', put), delete: may('delete', remove), patch: may('patch', patch) },
      pathParameters,
    );
    if (this.#hasSubresource('status'))
      paths[`${collection}/{name}/status`] = this.#item('status', { get, put, patch }, pathParameters);
    if (this.#hasSubresource('scale')) {
      const operations = {
        get: { ...get, returns: SCALE },
        put: { ...put, returns: SCALE, takes: SCALE },
        patch: { ...patch, returns: SCALE },
      };
      paths[`${collection}/{name}/scale`] = this.#item('scale', operations, pathParameters);
    }
    return paths;
  }

  /** Where a path has one operation only, all of its parameters are the path's. */
  #listOfAll(list: Operation): Part {
    const { parameters } = this.#common;
    const isPretty = ({ name, $ref = '' }: JsonObject): boolean =>
      name === 'pretty' || String($ref).startsWith('#/parameters/pretty-');
    const pretty = (parameters.path ?? []).filter(isPretty);
    const key = (parameter: JsonObject): string => String(parameter.name ?? parameter.$ref);
    const all = [...(parameters.list ?? []), ...pretty].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    const operation = { ...this.#operation('', list, 'ForAllNamespaces'), parameters: undefined };
    return { get: operation, parameters: all };
  }

  #item(
    subresource: string,
    operations: Readonly<Record<string, Operation | undefined>>,
    parameters: readonly JsonObject[],
  ): Part {
    const { kind, namespaced } = this.#resource;
    const own = parameters
      .filter(
        ({ name, $ref = '' }) =>
          namespaced || !(name === 'namespace' || String($ref).startsWith('#/parameters/namespace-')),
      )
      .map((parameter) =>
        parameter.name === 'name' ? { ...parameter, description: `name of the ${kind}` } : parameter,
      );
    const out: Part = {};
    for (const [method, operation] of Object.entries(operations))
      if (operation !== undefined) out[method] = this.#operation(subresource, operation);
    return { ...out, parameters: own };
  }

  #operation(subresource: string, operation: Operation, suffix = ''): Part {
    const { kind, namespaced, group } = this.#resource;
    const { verb, action } = operation;
    const tag = `${operationName(group.replace(/\.k8s\.io$/, ''), false)}`;
    const words = `${namespaced && suffix === '' ? 'Namespaced' : ''}${kind}${capitalize(subresource)}${suffix}`;
    const prefix = verb === 'deletecollection' ? 'delete' : verb;
    const name = `${verb === 'deletecollection' ? 'Collection' : ''}${words}`;
    const place = `${capitalize(tag)}${capitalize(this.#version)}`;
    const parameters = this.#common.parameters[action === 'deletecollection' ? 'list' : action] ?? [];
    const mark = { group, kind, version: this.#version };
    return {
      description: describeOperation(verb, subresource, kind),
      operationId: `${prefix}${place}${name}`,
      tags: [`${tag}_${this.#version}`],
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': mark,
      ...(this.#openApi === 'v2' ? this.#v2(operation, parameters) : this.#v3(operation, parameters)),
    };
  }

  #v2({ action, returns, takes, alsoAnswers = [] }: Operation, parameters: readonly JsonObject[]): Part {
    const schema = referenceTo('v2', returns);
    const responses: Part = { 200: { description: 'OK', schema }, 401: { description: 'Unauthorized' } };
    for (const [code, description] of alsoAnswers) responses[code] = { description, schema };
    const own = parameters.map((parameter) =>
      parameter.in === 'body' && takes !== undefined ? { ...parameter, schema: referenceTo('v2', takes) } : parameter,
    );
    const consumes = action === 'patch' ? PATCHES : JSON_AND_YAML;
    return { consumes, produces: JSON_AND_YAML, schemes: ['https'], parameters: own, responses };
  }

  #v3({ action, returns, takes, alsoAnswers = [] }: Operation, parameters: readonly JsonObject[]): Part {
    const content = (types: readonly string[], name: string): Part =>
      Object.fromEntries(types.map((type) => [type, { schema: referenceTo('v3', name) }]));
    const answer = (description: string): Part => ({ description, content: content(JSON_AND_YAML, returns) });
    const responses: Part = { 200: answer('OK'), 401: { description: 'Unauthorized' } };
    for (const [code, description] of alsoAnswers) responses[code] = answer(description);
    const body =
      action === 'delete'
        ? { content: content(JSON_AND_YAML, `${META}.DeleteOptions`) }
        : takes === undefined
          ? undefined
          : { content: content(action === 'patch' ? PATCHES.toSorted() : JSON_AND_YAML, takes), required: true };
    return { parameters, ...(body === undefined ? {} : { requestBody: body }), responses };
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Without what can't stand in a name; what follows it is capitalized (openapi.ToValidOperationID). */
function operationName(text: string, isCapitalized: boolean): string {
  let out = '';
  let capitalizeNext = isCapitalized;
  for (const [index, char] of [...text].entries()) {
    if (!/[\p{L}_]/u.test(char) && !(index > 0 && /\d/.test(char))) capitalizeNext = true;
    else {
      out += capitalizeNext ? char.toUpperCase() : char;
      capitalizeNext = false;
    }
  }
  return out;
}

function describeOperation(verb: string, subresource: string, kind: string): string {
  const of = subresource === '' ? '' : ` ${subresource} of`;
  switch (verb) {
    case 'list':
      return `list objects of kind ${kind}`;
    case 'read':
    case 'replace':
      return `${verb}${of} the specified ${kind}`;
    case 'patch':
      return `partially update${of} the specified ${kind}`;
    case 'deletecollection':
      return `delete collection of ${kind}`;
    default:
      return `${verb}${of}${articleFor(kind)}${kind}`;
  }
}

function articleFor(noun: string): string {
  if (noun.endsWith('s') && !noun.endsWith('ss')) return ' ';
  return /^[aeiou]/i.test(noun) ? ' an ' : ' a ';
}

/** The whole v3 document of a group and version, of all its kinds. */
export function customDocument(parts: readonly DocumentParts[]): JsonObject {
  const sorted = (all: Part): Part => Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  const paths: Part = {};
  const schemas: Part = {};
  for (const part of parts) {
    Object.assign(paths, part.paths);
    Object.assign(schemas, part.schemas);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths: sorted(paths),
    components: { schemas: sorted(schemas) },
  };
}

/** What changes when a document does, as upstream's hashes are written. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha512').update(bytes).digest('hex').toUpperCase();
}

/** The members of a JSON object, without its braces. */
export function membersOf(object: JsonObject): string {
  return isObject(object) ? JSON.stringify(object).slice(1, -1) : '';
}
