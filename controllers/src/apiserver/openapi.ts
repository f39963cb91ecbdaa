/**
 * OpenAPI of the served resources, made of the types that decoding uses: v3 by group and version, and v2. Enough for
 * kubectl's apply, diff and explain: types, merge keys, and the parameters of PATCH.
 */
import type { Core } from './core.ts';
import { versionOf } from './custom/definition.ts';
import type { Resource } from './resources/resource.ts';
import type { Field, Schema } from './schema/types.ts';

type Document = Record<string, unknown>;

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** GET /openapi/v3 */
export function openApiV3Index(core: Core): object {
  const paths: Record<string, object> = {};
  for (const { group, versions } of core.resources.groups()) {
    for (const version of versions) {
      const path = pathOf(group, version);
      paths[path] = {
        serverRelativeURL: `/openapi/v3/${path}?hash=${core.resources.generation.toString(16).padStart(8, '0')}`,
      };
    }
  }
  return { paths };
}

/** GET /openapi/v3/apis/apps/v1; undefined for what is not served. */
export function openApiV3Document(core: Core, path: string): object | undefined {
  for (const { group, versions } of core.resources.groups()) {
    for (const version of versions) if (pathOf(group, version) === path) return makeDocument(core, group, version);
  }
  return undefined;
}

function makeDocument(core: Core, group: string, version: string): object {
  const schemas: Document = {};
  const paths: Document = {};
  for (const resource of core.resources.all()) {
    if (resource.group !== group || !resource.versions.includes(version)) continue;
    const schema = resource.schema(version);
    const gvk = { group, version, kind: resource.kind };
    const name = schema === undefined || resource.custom ? customName(resource, version) : definitionName(schema);
    const own =
      resource.definition === undefined ? undefined : versionOf(resource.definition, version)?.schema?.openAPIV3Schema;
    if (own !== undefined) {
      schemas[name] = { ...own, 'x-kubernetes-group-version-kind': [gvk] };
    } else if (schema === undefined || schema.kind !== 'struct')
      schemas[name] = { type: 'object', 'x-kubernetes-group-version-kind': [gvk] };
    else {
      define(schema, schemas, '#/components/schemas/', name);
      Object.assign(schemas[name] as Document, { 'x-kubernetes-group-version-kind': [gvk] });
    }
    const item = `/${pathOf(group, version)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.resource}/{name}`;
    paths[item] = {
      patch: patchOperation(gvk, resource.custom),
      get: {
        'x-kubernetes-group-version-kind': gvk,
        'x-kubernetes-action': 'get',
        responses: {
          200: {
            description: 'OK',
            content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
          },
        },
      },
    };
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.34.2' }, paths, components: { schemas } };
}

const PATCH_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force', 'pretty'];

function patchOperation(gvk: object, custom: boolean): object {
  const content: Document = {};
  for (const type of [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    ...(custom ? [] : ['application/strategic-merge-patch+json']),
  ]) {
    content[type] = { schema: { type: 'object' } };
  }
  return {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': gvk,
    parameters: PATCH_PARAMETERS.map((name) => ({
      name,
      in: 'query',
      schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
    })),
    requestBody: { content, required: true },
    responses: { 200: { description: 'OK' } },
  };
}

/** `core/v1.Pod` is io.k8s.api.core.v1.Pod in the published document. */
function definitionName(schema: Schema): string {
  const [path = '', type = ''] = [
    schema.name.slice(0, schema.name.lastIndexOf('.')),
    schema.name.slice(schema.name.lastIndexOf('.') + 1),
  ];
  const [group = '', version = ''] = path.split('/');
  if (group === 'meta') return `io.k8s.apimachinery.pkg.apis.meta.${version}.${type}`;
  if (group === 'apiextensions') return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}.${type}`;
  if (group === 'apiregistration') return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}.${type}`;
  return `io.k8s.api.${group}.${version}.${type}`;
}

function customName(resource: Resource, version: string): string {
  return [...resource.group.split('.').reverse(), version, resource.kind].join('.');
}

/** Adds a struct and all that it refers to. */
function define(schema: Schema, schemas: Document, prefix: string, name = definitionName(schema)): void {
  if (schemas[name] !== undefined) return;
  const properties: Document = {};
  const definition: Document = { type: 'object', description: schema.goType, properties };
  schemas[name] = definition;
  const required: string[] = [];
  for (const field of schema.fields.values()) {
    properties[field.name] = { ...typeOf(field.schema, schemas, prefix), ...mergeFacts(field) };
    if (!field.omitEmpty && !field.pointer && field.schema.kind !== 'struct') required.push(field.name);
  }
  if (required.length > 0) definition.required = required;
}

function mergeFacts(field: Field): Document {
  return {
    ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    ...(field.patchStrategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategies.join(',') }),
  };
}

function typeOf(schema: Schema, schemas: Document, prefix: string): Document {
  switch (schema.kind) {
    case 'struct': {
      if (schema.name === '') return { type: 'object' };
      define(schema, schemas, prefix);
      return { allOf: [{ $ref: `${prefix}${definitionName(schema)}` }] };
    }
    case 'list':
      return {
        type: 'array',
        items: schema.element === undefined ? {} : typeOf(schema.element, schemas, prefix),
        ...(schema.listType === 'atomic'
          ? { 'x-kubernetes-list-type': 'atomic' }
          : { 'x-kubernetes-list-type': schema.listType }),
        ...(schema.listMapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': schema.listMapKeys }),
      };
    case 'map':
      return {
        type: 'object',
        additionalProperties: schema.element === undefined ? {} : typeOf(schema.element, schemas, prefix),
      };
    case 'bool':
      return { type: 'boolean' };
    case 'int32':
    case 'uint32':
      return { type: 'integer', format: 'int32' };
    case 'int64':
    case 'uint64':
      return { type: 'integer', format: 'int64' };
    case 'float64':
      return { type: 'number', format: 'double' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'Time':
    case 'MicroTime':
      return { type: 'string', format: 'date-time' };
    case 'IntOrString':
      return { type: 'string', format: 'int-or-string' };
    case 'Raw':
      return { type: 'object' };
    default:
      return { type: 'string' };
  }
}

/** GET /openapi/v2 */
export function openApiV2(core: Core): object {
  const definitions: Document = {};
  for (const resource of core.resources.all()) {
    for (const version of resource.versions) {
      const schema = resource.schema(version);
      if (schema === undefined || schema.kind !== 'struct') continue;
      const name = resource.custom ? customName(resource, version) : definitionName(schema);
      define(schema, definitions, '#/definitions/', name);
      const gvks = [{ group: resource.group, version, kind: resource.kind }];
      Object.assign(definitions[name] as Document, { 'x-kubernetes-group-version-kind': gvks });
    }
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.34.2' }, paths: {}, definitions };
}
