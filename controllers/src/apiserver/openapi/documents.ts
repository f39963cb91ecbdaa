/**
 * What a cluster answers at /openapi/v2 and /openapi/v3 (kube-openapi's handler and handler3, v1.34): Kubernetes' own
 * documents, and those of the custom resources that are defined at the moment.
 */
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { Resource } from '../resources/resource.ts';
import { customDocument, type DocumentParts, describeCustom, hashOf, membersOf } from './custom-document.ts';
import { encodeOpenApiV2 } from './gnostic.ts';
import { type PublishedOpenApi, publishedOpenApi } from './published.ts';

export interface OpenApiDocument {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** The documents of a cluster, kept until its custom resources change. */
interface Documents {
  readonly generation: number;
  readonly published: PublishedOpenApi;
  /** By `apis/example.com/v1`. */
  readonly v3: Map<string, OpenApiDocument>;
  v2?: OpenApiDocument;
  v2Protobuf?: OpenApiDocument;
}

const kept = new WeakMap<Core, Documents>();
const builtIn = new Map<string, OpenApiDocument>();
let builtInProtobuf: Uint8Array | undefined;

async function documentsOf(core: Core): Promise<Documents> {
  const published = await publishedOpenApi();
  const { generation } = core.resources;
  const known = kept.get(core);
  if (known?.generation === generation) return known;
  const fresh: Documents = { generation, published, v3: new Map() };
  kept.set(core, fresh);
  return fresh;
}

/** Group and version to those of its resources that Kubernetes has no document of. */
function unpublished(core: Core, published: PublishedOpenApi): ReadonlyMap<string, readonly Resource[]> {
  const out = new Map<string, Resource[]>();
  for (const resource of core.resources.all()) {
    if (resource.computed !== undefined) continue;
    for (const version of resource.versions) {
      const path = pathOf(resource.group, version);
      if (published.names.includes(`v3/${path}`)) continue;
      out.set(path, [...(out.get(path) ?? []), resource]);
    }
  }
  return out;
}

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${formatGroupVersion({ group, version })}`;
}

function partsOf(openApi: 'v2' | 'v3', core: Core, published: PublishedOpenApi, path?: string): DocumentParts[] {
  const out: DocumentParts[] = [];
  for (const [key, resources] of unpublished(core, published)) {
    if (path !== undefined && key !== path) continue;
    const version = key.slice(key.lastIndexOf('/') + 1);
    for (const resource of resources) out.push(describeCustom(published, openApi, resource, version));
  }
  return out;
}

/** GET /openapi/v3/apis/apps/v1; undefined for what is not served. */
export async function openApiV3Document(core: Core, path: string): Promise<OpenApiDocument | undefined> {
  const documents = await documentsOf(core);
  return v3Document(core, documents, path);
}

function v3Document(core: Core, documents: Documents, path: string): OpenApiDocument | undefined {
  const { published, v3 } = documents;
  const known = builtIn.get(path) ?? v3.get(path);
  if (known !== undefined) return known;
  if (published.names.includes(`v3/${path}`)) {
    const bytes = published.bytes(`v3/${path}`);
    const document = { bytes, hash: hashOf(bytes) };
    builtIn.set(path, document);
    return document;
  }
  const parts = partsOf('v3', core, published, path);
  if (parts.length === 0) return undefined;
  const bytes = Buffer.from(JSON.stringify(customDocument(parts)));
  const document = { bytes, hash: hashOf(bytes) };
  v3.set(path, document);
  return document;
}

/** GET /openapi/v3 */
export async function openApiV3Index(core: Core): Promise<object> {
  const documents = await documentsOf(core);
  const { published } = documents;
  const builtInPaths = published.names.filter((name) => name.startsWith('v3/')).map((name) => name.slice('v3/'.length));
  const names = [...builtInPaths, ...unpublished(core, published).keys()].sort();
  const paths: Record<string, object> = {};
  for (const name of names) {
    const hash = v3Document(core, documents, name)?.hash ?? '';
    paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` };
  }
  return { paths };
}

/** GET /openapi/v2, as JSON or as protobuf. */
export async function openApiV2(core: Core, form: 'json' | 'protobuf'): Promise<OpenApiDocument> {
  const documents = await documentsOf(core);
  documents.v2 ??= makeV2(core, documents.published);
  if (form === 'json') return documents.v2;
  documents.v2Protobuf ??= { bytes: makeProtobuf(core, documents.published), hash: documents.v2.hash };
  return documents.v2Protobuf;
}

const V2_PARTS = ['swagger', 'info', 'paths', 'definitions', 'parameters', 'securityDefinitions', 'security'];

/** Kubernetes' document is not read for this: its text is put together with that of the custom resources. */
function makeV2(core: Core, published: PublishedOpenApi): OpenApiDocument {
  const custom = partsOf('v2', core, published);
  const pieces = V2_PARTS.map((name) => {
    const text = published.bytes(`v2/${name}`).toString();
    const more = name === 'paths' ? 'paths' : name === 'definitions' ? 'schemas' : undefined;
    const added = more === undefined ? [] : custom.map((part) => membersOf(part[more])).filter((item) => item !== '');
    return `"${name}":${added.length === 0 ? text : `${[text.slice(0, -1), ...added].join(',')}}`}`;
  });
  const bytes = Buffer.from(`{${pieces.join(',')}}`);
  return { bytes, hash: hashOf(bytes) };
}

function makeProtobuf(core: Core, published: PublishedOpenApi): Uint8Array {
  builtInProtobuf ??= encodeOpenApiV2(Object.fromEntries(V2_PARTS.map((name) => [name, published.json(`v2/${name}`)])));
  const custom = partsOf('v2', core, published).map(({ paths, schemas }) =>
    encodeOpenApiV2({ paths, definitions: schemas }),
  );
  return Buffer.concat([builtInProtobuf, ...custom]);
}
