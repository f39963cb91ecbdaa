/**
 * Documents of schemas: the resources in them (by `$id`), anchors, and what a reference leads to. Follows root.go and
 * roots.go of santhosh-tekuri/jsonschema v6.0.3. Besides the schema itself and the published meta-schemas there are no
 * documents but those that the caller has.
 */

import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { quote } from '../../engine/gotemplate/quote.ts';
import { type Draft, draftOf, latestDraft, withoutScheme } from './drafts.ts';
import { escapeToken } from './findings.ts';
import { metaschemaAt } from './metaschemas.ts';
import { SchemaError } from './schema-error.ts';

/** A part of a document with an address of its own. */
export interface Resource {
  readonly pointer: string;
  readonly id: string;
  readonly draft: Draft;
  /** Names to pointers within the document. */
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

/** A document and a place in it. */
export interface Location {
  readonly document: SchemaDocument;
  readonly pointer: string;
}

export class SchemaDocument {
  readonly url: string;
  readonly value: GoValue;
  private readonly resources: Map<string, Resource> = new Map();
  private root: Resource | undefined;
  private readonly collected: Set<string> = new Set();

  /** Throws SchemaError for identifiers that clash or a meta-schema that is not known. */
  constructor(url: string, value: GoValue) {
    this.url = url;
    this.value = value;
    this.collect(value, '', { id: url, draft: latestDraft });
  }

  /** The resource that a place belongs to. */
  resourceOf(pointer: string): Resource {
    if (this.resources.size === 1 && this.root !== undefined) return this.root;
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const resource = this.resources.get(at);
      if (resource !== undefined) return resource;
      if (at === '') throw new SchemaError('a document without a root');
    }
  }

  resourceWithId(id: string): Resource | undefined {
    if (id === this.url) return this.resources.get('');
    for (const resource of this.resources.values()) if (resource.id === id) return resource;
    return undefined;
  }

  /** The place that a fragment names in a resource. Throws SchemaError for an anchor that is not there. */
  resolveFragment(fragment: string, resource: Resource): string {
    if (fragment === '' || fragment.startsWith('/')) return resource.pointer + fragment;
    const pointer = resource.anchors.get(fragment);
    if (pointer !== undefined) return pointer;
    throw new SchemaError(
      `anchor in ${quote(`${resource.id}#${encodeURI(fragment)}`)} not found in schema ${quote(this.url)}`,
    );
  }

  /** The value at a place. Throws SchemaError when there is none. */
  lookup(pointer: string): GoValue {
    let value: GoValue = this.value;
    for (const token of pointer.split('/').slice(1)) {
      const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
      if (value instanceof Map && value.has(key)) value = value.get(key);
      else if (Array.isArray(value) && /^[0-9]+$/.test(key) && Number(key) < value.length) value = value[Number(key)];
      else throw new SchemaError(`json-pointer in ${quote(locationText(this.url, pointer))} not found`);
    }
    return value;
  }

  /** Notes the resources and anchors of a place that no keyword leads to, but a reference does. */
  ensureCollected(pointer: string): void {
    if (this.collected.has(pointer)) return;
    const base = this.resourceOf(pointer);
    this.collect(this.lookup(pointer), pointer, base);
  }

  private collect(value: GoValue, pointer: string, base: { readonly id: string; readonly draft: Draft }): void {
    if (this.collected.has(pointer)) return;
    this.collected.add(pointer);
    if (!(value instanceof Map)) {
      if (pointer === '') this.addResource(pointer, base);
      return;
    }
    let draft = declaredDraft(value) ?? base.draft;
    let id = identifierOf(value, draft);
    if (id === '' && pointer !== '') {
      draft = base.draft;
      id = identifierOf(value, draft);
    }
    let resource: Resource | undefined;
    if (id !== '' || pointer === '') {
      const address = id === '' ? base.id : resolveUrl(base.id, id, locationText(this.url, pointer));
      const known = this.resourceWithId(address);
      if (known !== undefined && known.pointer !== pointer && this.resources.has(known.pointer)) {
        throw new SchemaError(
          `duplicate id ${quote(address)} in ${quote(this.url)} at ${quote(pointer)} and ${quote(known.pointer)}`,
        );
      }
      resource = this.addResource(pointer, { id: address, draft: value.has('$schema') ? draft : base.draft });
    }
    const owner = resource ?? this.resourceWithId(base.id) ?? this.resourceOf(pointer);
    this.collectAnchors(value, pointer, owner);
    for (const [place, child] of subschemas(value, draft)) {
      this.collect(child, pointer + place, { id: owner.id, draft: owner.draft });
    }
  }

  private addResource(pointer: string, { id, draft }: { readonly id: string; readonly draft: Draft }): Resource {
    const resource: Resource = { pointer, id, draft, anchors: new Map(), dynamicAnchors: new Set() };
    this.resources.set(pointer, resource);
    if (pointer === '') this.root = resource;
    return resource;
  }

  private collectAnchors(value: ReadonlyMap<string, GoValue>, pointer: string, owner: Resource): void {
    const { version, idKeyword } = owner.draft;
    const add = (name: string): void => {
      const known = owner.anchors.get(name);
      if (known !== undefined && known !== pointer) {
        throw new SchemaError(
          `duplicate anchor ${quote(name)} in ${quote(this.url)} at ${quote(known)} and ${quote(pointer)}`,
        );
      }
      owner.anchors.set(name, pointer);
    };
    if (version < 2019) {
      const id = value.get(idKeyword);
      if (typeof id !== 'string' || value.has('$ref')) return;
      const { fragment } = splitFragment(id);
      if (fragment !== '' && !fragment.startsWith('/')) add(fragment);
      return;
    }
    const anchor = value.get('$anchor');
    if (typeof anchor === 'string') add(anchor);
    const dynamic = value.get('$dynamicAnchor');
    if (version < 2020 || typeof dynamic !== 'string') return;
    add(dynamic);
    owner.dynamicAnchors.add(dynamic);
  }
}

/** Documents in files and of other servers. */
export interface OtherDocuments {
  /** By path, or by URL of http and https. Throws SchemaError for what cannot be read, or is no JSON. */
  read(address: string): GoValue;
  /** Throws SchemaError for what is no schema. */
  check(document: SchemaDocument): void;
}

/** The documents that references of a schema can lead to. */
export class SchemaDocuments {
  private readonly documents: Map<string, SchemaDocument> = new Map();
  private readonly others: OtherDocuments | undefined;

  constructor(others?: OtherDocuments) {
    this.others = others;
  }

  add(document: SchemaDocument): void {
    this.documents.set(document.url, document);
  }

  /** Where a reference within a resource leads. Throws SchemaError. */
  resolve(reference: string, from: SchemaDocument, base: Resource): Location {
    const { address, fragment } = splitFragment(reference);
    const url = resolveUrl(base.id, address, base.id);
    const local = from.resourceWithId(url);
    if (local !== undefined) return { document: from, pointer: from.resolveFragment(fragment, local) };
    const document = this.open(url);
    return { document, pointer: document.resolveFragment(fragment, document.resourceOf('')) };
  }

  /** A document by its address. Throws SchemaError for any that is not at hand. */
  open(url: string): SchemaDocument {
    const known = this.documents.get(url);
    if (known !== undefined) return known;
    const isOther = this.others !== undefined && /^(?:file|https?):/.test(url) && publishedSchema(url) === undefined;
    const document = new SchemaDocument(url, isOther ? this.readOther(url) : loadDocument(url));
    this.documents.set(url, document);
    if (isOther) this.others?.check(document);
    return document;
  }

  private readOther(url: string): GoValue {
    try {
      return this.others?.read(url.startsWith('file:') ? decodeURIComponent(new URL(url).pathname) : url) ?? null;
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new SchemaError(`failing loading ${quote(url)}: ${error.message}`);
    }
  }
}

function publishedSchema(url: string): unknown {
  const address = withoutScheme(url);
  return metaschemaAt(address === 'json-schema.org/schema' ? withoutScheme(latestDraft.url) : address);
}

/** Helm takes any value where a `urn:` leads; files and other servers are there only where the caller has them. */
function loadDocument(url: string): GoValue {
  const meta = publishedSchema(url);
  if (meta !== undefined) return fromJson(meta);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'urn') return true;
  let problem = `no URLLoader registered for ${quote(url)}`;
  if (scheme === 'file') problem = `open ${decodeURIComponent(new URL(url).pathname)}: no such file or directory`;
  else if (scheme === 'http' || scheme === 'https')
    problem = 'references to other servers are not fetched here; put the schema into the chart';
  throw new SchemaError(`failing loading ${quote(url)}: ${problem}`);
}

function fromJson(json: unknown): GoValue {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json === 'object' && json !== null) {
    return new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value)]));
  }
  // What is left of JSON is a value of Go as it is.
  return json as GoValue;
}

/** The draft that `$schema` names. Throws SchemaError for a meta-schema of another kind. */
function declaredDraft(value: ReadonlyMap<string, GoValue>): Draft | undefined {
  const declared = value.get('$schema');
  if (typeof declared !== 'string') return undefined;
  const draft = draftOf(declared);
  if (draft !== undefined) return draft;
  loadDocument(splitFragment(declared).address);
  return undefined;
}

function identifierOf(value: ReadonlyMap<string, GoValue>, draft: Draft): string {
  if (draft.version < 2019 && value.has('$ref')) return '';
  const id = value.get(draft.idKeyword);
  return typeof id === 'string' ? splitFragment(id).address : '';
}

/** The schemas within a schema, by pointer from it. */
function subschemas(value: ReadonlyMap<string, GoValue>, draft: Draft): [string, GoValue][] {
  const found: [string, GoValue][] = [];
  for (const keyword of draft.schemaKeywords) if (value.has(keyword)) found.push([`/${keyword}`, value.get(keyword)]);
  for (const keyword of draft.listKeywords) {
    const list = value.get(keyword);
    for (const [i, item] of Array.isArray(list) ? list.entries() : []) found.push([`/${keyword}/${i}`, item]);
  }
  for (const keyword of draft.mapKeywords) {
    const map = value.get(keyword);
    if (map instanceof Map) for (const [key, item] of map) found.push([`/${keyword}/${escapeToken(key)}`, item]);
  }
  return found;
}

export function splitFragment(reference: string): { readonly address: string; readonly fragment: string } {
  const hash = reference.indexOf('#');
  if (hash < 0) return { address: reference, fragment: '' };
  const fragment = reference.slice(hash + 1);
  try {
    return { address: reference.slice(0, hash), fragment: decodeURIComponent(fragment) };
  } catch {
    throw new SchemaError(`error in parsing ${quote(reference)}: invalid URL escape`);
  }
}

function resolveUrl(base: string, reference: string, at: string): string {
  if (reference === '') return base;
  try {
    return new URL(reference, base).href;
  } catch {
    throw new SchemaError(`error in parsing id at ${quote(at)}`);
  }
}

/** `url#pointer`, escaped. */
export function locationText(url: string, pointer: string): string {
  return `${url}#${pointer.split('/').map(encodeURIComponent).join('/').replaceAll('%24', '$')}`;
}
