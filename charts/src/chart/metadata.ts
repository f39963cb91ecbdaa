/**
 * Chart.yaml, requirements.yaml and the lock files: reading, the checks of Helm v4's pkg/chart/v2/metadata.go with its
 * messages, and writing. Fields stand in Helm's declaration order, which is the order that `.Chart` prints in.
 */

import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import { emitYaml } from '../yaml/emit.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { ChartDependency, ChartLock, ChartMaintainer, ChartMetadata, ImportValue } from './chart.ts';
import { ChartError, messageOf } from './chart-error.ts';
import {
  anything,
  bool,
  type Decoded,
  decode,
  isBadYaml,
  listOf,
  mapOf,
  type Shape,
  string,
  structOf,
  time,
} from './go-decode.ts';
import { ZERO_TIME } from './go-json-time.ts';
import { isVersion } from './version.ts';

const dependencyShape = structOf('v2.Dependency', {
  name: string,
  version: string,
  repository: string,
  condition: string,
  tags: listOf(string),
  enabled: bool,
  'import-values': listOf(anything),
  alias: string,
});

/** Chart.yaml's fields and their types. */
export const metadataShape = structOf('v2.Metadata', {
  name: string,
  home: string,
  sources: listOf(string),
  version: string,
  description: string,
  keywords: listOf(string),
  maintainers: listOf(structOf('v2.Maintainer', { name: string, email: string, url: string })),
  icon: string,
  apiVersion: string,
  condition: string,
  tags: string,
  appVersion: string,
  deprecated: bool,
  annotations: mapOf(string),
  kubeVersion: string,
  dependencies: listOf(dependencyShape),
  type: string,
  engine: string,
});

const lockShape = structOf('v2.Lock', { generated: time, digest: string, dependencies: listOf(dependencyShape) });

/** The fields of a metadata file, before any check: a Map by the names of the file. */
export type MetadataFields = ReadonlyMap<string, Decoded>;

/** Reads Chart.yaml or requirements.yaml. Throws ChartError `cannot load FILE: ...`. */
export function readMetadataFields(text: string, file: string): MetadataFields {
  return readFields(text, { file, shape: metadataShape });
}

/** Reads Chart.lock or requirements.lock. Throws ChartError `cannot load FILE: ...`. */
export function readLock(text: string, file: string): ChartLock {
  const fields = readFields(text, { file, shape: lockShape });
  return {
    generated: textOf(fields, 'generated') ?? ZERO_TIME,
    digest: textOf(fields, 'digest') ?? '',
    dependencies: listField(fields, 'dependencies').map(toDependency),
  };
}

/** Checks and cleans metadata as Helm does on load. Throws ChartError `validation: ...`. */
export function toMetadata(fields: MetadataFields): ChartMetadata {
  const metadata: ChartMetadata = {
    // Helm 2 accepted charts without apiVersion: they are of version 1.
    apiVersion: textOf(fields, 'apiVersion') || 'v1',
    name: printable(textOf(fields, 'name') ?? ''),
    version: textOf(fields, 'version') ?? '',
    ...optionalTexts(fields),
    ...listOfTexts(fields, 'keywords'),
    ...listOfTexts(fields, 'sources'),
    ...(textOf(fields, 'type') === undefined ? {} : { type: textOf(fields, 'type') ?? '' }),
    ...(textOf(fields, 'engine') === undefined ? {} : { engine: textOf(fields, 'engine') ?? '' }),
    ...(fields.get('deprecated') === true ? { deprecated: true } : {}),
    ...annotationsOf(fields),
  };
  checkMetadata(metadata);
  // The order of Helm's checks: each item by itself, after all single fields.
  const checked = fields.has('maintainers')
    ? { ...metadata, maintainers: listField(fields, 'maintainers').map(toMaintainer) }
    : metadata;
  if (!fields.has('dependencies')) return checked;
  return { ...checked, dependencies: checkedDependencies(listField(fields, 'dependencies'), metadata.name) };
}

/**
 * Chart.yaml as Helm writes it into a package: without dependencies for apiVersion v1, which has requirements.yaml,
 * unless `allDependencies` asks for them.
 */
export function formatMetadata(metadata: ChartMetadata, options: { readonly allDependencies?: boolean } = {}): string {
  const out = new Map<string, GoValue>();
  const put = (name: string, value: GoValue | readonly string[] | undefined): void => {
    if (value === undefined || value === '' || value === false) return;
    if (Array.isArray(value) && value.length === 0) return;
    out.set(name, Array.isArray(value) ? [...value] : (value as GoValue));
  };
  for (const name of ['name', 'home', 'version', 'description', 'icon', 'apiVersion', 'condition', 'tags'] as const) {
    put(name, metadata[name]);
  }
  for (const name of ['appVersion', 'deprecated', 'kubeVersion', 'type', 'sources', 'keywords'] as const) {
    put(name, metadata[name]);
  }
  // Helm knows no engine but its own, and leaves the field out: only another engine has to be told.
  put('engine', metadata.engine === 'gotpl' ? undefined : metadata.engine);
  put('maintainers', (metadata.maintainers ?? []).map(maintainerFields));
  if (metadata.annotations !== undefined && metadata.annotations.size > 0) {
    out.set('annotations', new Map<string, GoValue>(metadata.annotations));
  }
  const hasOwn = metadata.apiVersion !== 'v1' || options.allDependencies === true;
  if (hasOwn) put('dependencies', (metadata.dependencies ?? []).map(dependencyFields));
  return emitYaml(out);
}

/** Chart.lock as Helm writes it. */
export function formatLock(lock: ChartLock): string {
  return emitYaml(
    new Map<string, GoValue>([
      ['generated', lock.generated],
      ['digest', lock.digest],
      ['dependencies', lock.dependencies.map(dependencyFields)],
    ]),
  );
}

/** Makes white space one space each and drops what does not print, as Helm does with all that it shows. */
export function printable(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : text.replace(/[\t-\r\u0085\p{Z}]/gu, ' ').replace(/[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu, '');
}

function checkMetadata(metadata: ChartMetadata): void {
  const { name, version, type = '' } = metadata;
  if (name === '') throw invalid('chart.metadata.name is required');
  if (name === '.' || name === '..') throw invalid(`chart.metadata.name ${quote(name)} is not allowed`, name);
  if (name.includes('/')) throw invalid(`chart.metadata.name ${quote(name)} is invalid`, name);
  if (version === '') throw invalid('chart.metadata.version is required', name);
  if (!isVersion(version)) throw invalid(`chart.metadata.version ${quote(version)} is invalid`, name);
  if (type !== '' && type !== 'application' && type !== 'library') {
    throw invalid('chart.metadata.type must be application or library', name);
  }
}

function checkedDependencies(list: readonly Decoded[], chart: string): ChartDependency[] {
  const seen = new Set<string>();
  return list.map((item) => {
    const dependency = toDependency(item);
    const { name, alias } = dependency;
    if (alias !== undefined && alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      throw invalid(`dependency ${quote(name)} has disallowed characters in the alias`, chart);
    }
    const key = alias || name;
    if (seen.has(key)) throw invalid(`more than one dependency with name or alias ${quote(key)}`, chart);
    seen.add(key);
    return dependency;
  });
}

function invalid(message: string, chart?: string): ChartError {
  const details = chart === undefined ? { file: 'Chart.yaml' } : { file: 'Chart.yaml', chart };
  return new ChartError('InvalidChart', `validation: ${message}`, details);
}

function readFields(text: string, what: { file: string; shape: Shape }): MetadataFields {
  try {
    const decoded = decode(parseYaml(text, { ints: 'bigint' }), what.shape, { integers: 'bigint' });
    return decoded instanceof Map ? decoded : new Map();
  } catch (error) {
    if (!isBadYaml(error)) throw error;
    throw new ChartError('InvalidChart', `cannot load ${what.file}: ${messageOf(error)}`, { file: what.file }, error);
  }
}

function textOf(fields: MetadataFields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? value : undefined;
}

function listField(fields: MetadataFields, name: string): readonly Decoded[] {
  const value = fields.get(name);
  return Array.isArray(value) ? value : [];
}

function textList(fields: MetadataFields, name: string): readonly string[] {
  return listField(fields, name).map((item) => printable(typeof item === 'string' ? item : ''));
}

function listOfTexts(fields: MetadataFields, name: string): Record<string, readonly string[]> {
  return fields.has(name) ? { [name]: textList(fields, name) } : {};
}

function optionalTexts(fields: MetadataFields): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of ['description', 'home', 'icon', 'condition', 'tags', 'appVersion', 'kubeVersion']) {
    const value = textOf(fields, name);
    if (value !== undefined) out[name] = printable(value);
  }
  return out;
}

function annotationsOf(fields: MetadataFields): { annotations?: ReadonlyMap<string, string> } {
  const value = fields.get('annotations');
  if (!(value instanceof Map)) return {};
  // The shape map[string]string leaves nothing but strings.
  return { annotations: value as ReadonlyMap<string, string> };
}

function toMaintainer(decoded: Decoded): ChartMaintainer {
  if (!(decoded instanceof Map)) throw invalid('maintainers must not contain empty or null nodes');
  const out: Record<string, string> = {};
  for (const name of ['name', 'email', 'url']) {
    const value = textOf(decoded, name);
    if (value !== undefined) out[name] = printable(value);
  }
  return out;
}

function toDependency(decoded: Decoded): ChartDependency {
  if (!(decoded instanceof Map)) throw invalid('dependencies must not contain empty or null nodes');
  const fields: MetadataFields = decoded;
  const texts: Record<string, string> = {};
  for (const name of ['version', 'repository', 'condition']) {
    const value = textOf(fields, name);
    if (value !== undefined) texts[name] = printable(value);
  }
  const alias = textOf(fields, 'alias');
  return {
    name: printable(textOf(fields, 'name') ?? ''),
    ...texts,
    ...listOfTexts(fields, 'tags'),
    ...(fields.get('enabled') === true ? { enabled: true } : {}),
    ...(fields.has('import-values') ? { importValues: listField(fields, 'import-values').flatMap(toImportValue) } : {}),
    ...(alias === undefined ? {} : { alias }),
  };
}

/** Anything but a string and a map is passed over, as Helm passes over it when it processes imports. */
function toImportValue(decoded: Decoded): ImportValue[] {
  const value = decoded !== null && typeof decoded === 'object' && 'any' in decoded ? decoded.any : null;
  if (typeof value === 'string') return [value];
  if (!(value instanceof Map)) return [];
  const path = (name: string): string => {
    const part = value.get(name);
    return part === undefined || part === null ? '<nil>' : String(part);
  };
  return [{ child: path('child'), parent: path('parent') }];
}

function maintainerFields(maintainer: ChartMaintainer): GoValue {
  return new Map<string, GoValue>(Object.entries(maintainer).filter(([, value]) => value !== ''));
}

function dependencyFields(dependency: ChartDependency): GoValue {
  const out = new Map<string, GoValue>([
    ['name', dependency.name],
    ['repository', dependency.repository ?? ''],
  ]);
  for (const name of ['version', 'condition', 'alias'] as const) {
    const value = dependency[name];
    if (value !== undefined && value !== '') out.set(name, value);
  }
  if (dependency.tags !== undefined && dependency.tags.length > 0) out.set('tags', [...dependency.tags]);
  if (dependency.enabled === true) out.set('enabled', true);
  const imports = dependency.importValues ?? [];
  if (imports.length > 0) {
    out.set(
      'import-values',
      imports.map((item) => (typeof item === 'string' ? item : new Map<string, GoValue>(Object.entries(item)))),
    );
  }
  return out;
}
