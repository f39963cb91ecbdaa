/**
 * From rendered files to manifests and hooks: splitting into documents, reading heads and hook annotations, and the
 * order of installation. Follows Helm v4's pkg/release/v1/util (manifest.go, manifest_sorter.go). Each document is
 * parsed once.
 */
import { posix } from 'node:path';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { type Decoded, decode, isBadYaml, mapOf, string, structOf } from '../chart/go-decode.ts';
import { trimSpace, trimSpaceLeft } from '../chart/text.ts';
import { compareStrings } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import type { Warn } from '../values/coalesce.ts';
import { type JsonValue, valuesToJson } from '../values/values.ts';
import { parseYaml, parseYamlHead } from '../yaml/parse.ts';
import { installOrder, sortByKind } from './kind-order.ts';

/** An object as plain JSON. */
export type ManifestObject = { readonly [key: string]: JsonValue };

export interface Manifest {
  /** The template it came from, e.g. `mychart/templates/service.yaml`. */
  readonly source: string;
  readonly text: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** null for a document that has nothing but comments. Made when it is first asked for. */
  readonly object: ManifestObject | null;
}

export interface Hook extends Manifest {
  /** `pre-install`, `post-install`, `pre-upgrade`, ..., `test`. */
  readonly events: readonly string[];
  /** Lower ones run first. */
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

const hookEvents: ReadonlyMap<string, string> = new Map([
  ['pre-install', 'pre-install'],
  ['post-install', 'post-install'],
  ['pre-delete', 'pre-delete'],
  ['post-delete', 'post-delete'],
  ['pre-upgrade', 'pre-upgrade'],
  ['post-upgrade', 'post-upgrade'],
  ['pre-rollback', 'pre-rollback'],
  ['post-rollback', 'post-rollback'],
  ['test', 'test'],
  ['test-success', 'test'],
]);

/** Sorts rendered files (by template name) into manifests and hooks, each in install order. Throws ChartError. */
export function sortManifests(
  files: ReadonlyMap<string, string>,
  warn: Warn = () => {},
): { manifests: Manifest[]; hooks: Hook[] } {
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  for (const source of [...files.keys()].sort(compareStrings)) {
    const content = files.get(source) ?? '';
    if (posix.basename(source).startsWith('_')) continue;
    for (const text of splitManifests(content)) {
      const { manifest, annotations } = readManifest(source, text);
      const events = annotations.get('helm.sh/hook');
      if (events === undefined) manifests.push(manifest);
      else {
        const hook = toHook(manifest, annotations);
        if (hook !== undefined) hooks.push(hook);
        else warn({ level: 'INFO', message: 'skipping unknown hooks', attributes: { hookTypes: events } });
      }
    }
  }
  return { manifests: sortByKind(manifests, installOrder), hooks: sortByKind(hooks, installOrder) };
}

/** The documents of a stream, white space before each taken off, empty ones left out. */
export function splitManifests(text: string): string[] {
  const stream = trimSpaceLeft(text);
  const documents: string[] = [];
  let start = 0;
  const take = (end: number): void => {
    const document = trimSpaceLeft(stream.slice(start, end));
    if (document !== '') documents.push(document);
  };
  for (let at = stream.startsWith('---') ? 0 : nextSeparator(stream, 0); at >= 0; at = nextSeparator(stream, start)) {
    take(at);
    start = at + 3;
    while (stream[start] === ' ' || stream[start] === '\t') start += 1;
    // The next separator must be at the start of a line: look from here, so that `---\n---` is found.
  }
  take(stream.length);
  return documents;
}

/** The objects of a YAML stream, such as a file of crds/ or a stored release, in their order. Throws ChartError. */
export function readManifests(source: string, text: string): Manifest[] {
  return splitManifests(text)
    .map((document) => readManifest(source, document).manifest)
    .filter((manifest) => manifest.object !== null);
}

function nextSeparator(stream: string, from: number): number {
  const at = stream.indexOf('\n---', from);
  return at < 0 ? -1 : at + 1;
}

const headShape = structOf('util.SimpleHead', {
  apiVersion: string,
  kind: string,
  metadata: structOf(
    'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
    { name: string, annotations: mapOf(string) },
  ),
});

const headFields: ReadonlySet<string> = new Set(['apiversion', 'kind', 'metadata']);

/** Keys match without regard to case. */
function isHeadField(key: string): boolean {
  return headFields.has(key.toLowerCase());
}

const noFields: ReadonlyMap<string, Decoded> = new Map();

function readManifest(source: string, text: string): { manifest: Manifest; annotations: ReadonlyMap<string, string> } {
  let parsed: GoValue;
  let head: Decoded;
  try {
    parsed = parseYamlHead(text, isHeadField);
    head = decode(parsed, headShape);
  } catch (error) {
    if (!isBadYaml(error)) throw error;
    const message = `YAML parse error on ${source}: ${messageOf(error)}`;
    throw new ChartError('InvalidManifest', message, { file: source }, error);
  }
  const fields = head instanceof Map ? head : noFields;
  const inner = fields.get('metadata');
  const metadata = inner instanceof Map ? inner : noFields;
  const annotations = metadata.get('annotations');
  return {
    manifest: new LazyManifest({
      source,
      text,
      apiVersion: textOf(fields.get('apiVersion')),
      kind: textOf(fields.get('kind')),
      name: textOf(metadata.get('name')),
      empty: !(parsed instanceof Map),
    }),
    // The shape map[string]string leaves nothing but strings.
    annotations: annotations instanceof Map ? (annotations as ReadonlyMap<string, string>) : new Map(),
  };
}

function textOf(value: Decoded | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A hook; undefined where it names an event that is not known, which takes it out altogether. */
function toHook(manifest: Manifest, annotations: ReadonlyMap<string, string>): Hook | undefined {
  const events: string[] = [];
  for (const name of listOf(annotations.get('helm.sh/hook'))) {
    const event = hookEvents.get(name);
    if (event === undefined) return undefined;
    events.push(event);
  }
  const weight = annotations.get('helm.sh/hook-weight') ?? '';
  return Object.assign(manifest, {
    events,
    weight: /^[+-]?\d{1,15}$/.test(weight) ? Number(weight) : 0,
    deletePolicies: listOf(annotations.get('helm.sh/hook-delete-policy')),
    outputLogPolicies: listOf(annotations.get('helm.sh/hook-output-log-policy')),
  });
}

function listOf(annotation: string | undefined): string[] {
  return annotation === undefined ? [] : annotation.split(',').map((item) => trimSpace(item).toLowerCase());
}

/** A manifest whose plain object is read on first use: printing a chart never needs it. */
class LazyManifest implements Manifest {
  readonly source: string;
  readonly text: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly #empty: boolean;
  #object: ManifestObject | undefined;

  constructor(from: Omit<Manifest, 'object'> & { readonly empty: boolean }) {
    this.source = from.source;
    this.text = from.text;
    this.apiVersion = from.apiVersion;
    this.kind = from.kind;
    this.name = from.name;
    this.#empty = from.empty;
  }

  get object(): ManifestObject | null {
    if (this.#empty) return null;
    this.#object ??= readObject(this.text);
    return this.#object;
  }
}

function readObject(text: string): ManifestObject {
  const parsed = parseYaml(text);
  return valuesToJson(parsed instanceof Map ? parsed : new Map());
}
