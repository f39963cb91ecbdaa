/**
 * The objects that templates see beside `.Values`: `.Chart`, `.Release`, `.Capabilities`, `.Files`, with the Go types
 * that Helm v4 gives them (pkg/engine/files.go, pkg/chart/common.go, pkg/chart/common/capabilities.go).
 */
import { posix } from 'node:path';
import type { ChartDependency, ChartFile } from '../chart/chart.ts';
import { FunctionError } from '../engine/functions/function.ts';
import { compareStrings, goString } from '../engine/gotemplate/bytes.ts';
import {
  GoMap,
  GoNamedMap,
  GoNamedSlice,
  GoSlice,
  GoStruct,
  type GoStructType,
  type GoValue,
  method,
  nilMap,
} from '../engine/gotemplate/go-value.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import type { ChartNode } from '../values/chart-tree.ts';
import { isTable, scalarAt, type Values } from '../values/values.ts';
import { emitYaml } from '../yaml/emit.ts';
import { YamlError } from '../yaml/error.ts';
import { type Capabilities, defaultHelmVersion, normalizedKubeVersion } from './capabilities.ts';
import { compileGlob } from './glob.ts';

/** Helm's `common.Values`, which has methods that a template can call, e.g. `.Values.AsMap`. */
const valuesType = {
  name: 'common.Values',
  elem: 'interface {}',
  methods: new Map([
    ['AsMap', method<GoMap>([], (values) => values.entries)],
    ['YAML', method<GoMap>([], (values) => yamlOf(values.entries))],
    ['Encode', method<GoMap>(['io.Writer'], () => null)],
    ['Table', method<GoMap>(['string'], (values, [path]) => namedValues(tableOf(values.entries, textOf(path))))],
    ['PathValue', method<GoMap>(['string'], (values, [path]) => pathValueOf(values.entries, textOf(path)))],
  ]),
};

/** Values under Helm's name for them. The entries are shared, not copied. */
export function namedValues(values: Values): GoMap {
  return new GoNamedMap(valuesType, values);
}

function yamlOf(values: Values): string {
  try {
    return emitYaml(values);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new FunctionError(error.message, { cause: error });
  }
}

function tableOf(values: Values, path: string): Values {
  let table = values;
  for (const part of path.split('.')) {
    const next = table.get(part);
    const entries = next instanceof GoMap && next.type === valuesType.name ? next.entries : next;
    if (!isTable(entries)) throw new FunctionError(`${quote(part)} is not a table`);
    table = entries;
  }
  return table;
}

function pathValueOf(values: Values, path: string): GoValue {
  if (path === '') throw new FunctionError('YAML path cannot be empty');
  const found = scalarAt(values, path);
  if (found === undefined) throw new FunctionError(`${quote(path.slice(path.lastIndexOf('.') + 1))} is not a value`);
  return found.value;
}

function textOf(value: GoValue): string {
  return typeof value === 'string' ? value : '';
}

export interface ReleaseFacts {
  readonly name: string;
  readonly namespace: string;
  readonly revision?: number;
  readonly isInstall?: boolean;
  readonly isUpgrade?: boolean;
  readonly service?: string;
}

/** `.Release`. */
export function releaseObject(release: ReleaseFacts): GoValue {
  const isUpgrade = release.isUpgrade ?? false;
  return new Map<string, GoValue>([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', isUpgrade],
    ['IsInstall', release.isInstall ?? !isUpgrade],
    ['Revision', BigInt(release.revision ?? 1)],
    ['Service', release.service ?? 'Helm'],
  ]);
}

/** `.Chart`: the metadata as a map by Go's field names. */
export function chartObject(node: ChartNode): GoValue {
  const { metadata } = node;
  const list = (items: readonly GoValue[] | undefined): GoValue => [...(items ?? [])];
  return new Map<string, GoValue>([
    ['Name', metadata.name],
    ['Home', metadata.home ?? ''],
    ['Sources', list(metadata.sources)],
    ['Version', metadata.version],
    ['Description', metadata.description ?? ''],
    ['Keywords', list(metadata.keywords)],
    ['Maintainers', list(metadata.maintainers?.map(maintainerObject))],
    ['Icon', metadata.icon ?? ''],
    ['APIVersion', metadata.apiVersion],
    ['Condition', metadata.condition ?? ''],
    ['Tags', metadata.tags ?? ''],
    ['AppVersion', metadata.appVersion ?? ''],
    ['Deprecated', metadata.deprecated ?? false],
    [
      'Annotations',
      metadata.annotations === undefined ? nilMap('string') : new GoMap('string', new Map(metadata.annotations)),
    ],
    ['KubeVersion', metadata.kubeVersion ?? ''],
    ['Dependencies', list(metadata.dependencies?.map(dependencyObject))],
    ['Type', metadata.type ?? ''],
    ['IsRoot', node.parent === undefined],
  ]);
}

function maintainerObject(maintainer: { name?: string; email?: string; url?: string }): GoValue {
  return new Map<string, GoValue>([
    ['Name', maintainer.name ?? ''],
    ['Email', maintainer.email ?? ''],
    ['URL', maintainer.url ?? ''],
  ]);
}

function dependencyObject(dependency: ChartDependency): GoValue {
  return new Map<string, GoValue>([
    ['Name', dependency.name],
    ['Version', dependency.version ?? ''],
    ['Repository', dependency.repository ?? ''],
    ['Condition', dependency.condition ?? ''],
    ['Tags', [...(dependency.tags ?? [])]],
    ['Enabled', dependency.enabled ?? false],
    [
      'ImportValues',
      (dependency.importValues ?? []).map((item) =>
        typeof item === 'string' ? item : new GoMap('string', new Map(Object.entries(item))),
      ),
    ],
    ['Alias', dependency.alias ?? ''],
  ]);
}

const versionSet = {
  name: 'common.VersionSet',
  elem: 'string',
  methods: new Map([
    ['Has', method<GoSlice>(['string'], (versions, [version]) => versions.items.includes(version ?? null))],
  ]),
};

const heldKubeVersionType: GoStructType = {
  name: 'common.KubeVersion',
  pointer: false,
  fields: [
    { name: 'Version', type: 'string' },
    { name: 'normalizedVersion', type: 'string', json: '-' },
    { name: 'Major', type: 'string' },
    { name: 'Minor', type: 'string' },
  ],
  methods: new Map(),
};

const kubeVersionType: GoStructType = {
  ...heldKubeVersionType,
  methods: new Map([
    ['String', method<GoStruct>([], (version) => version.fields.get('normalizedVersion') ?? '')],
    ['GitVersion', method<GoStruct>([], (version) => version.fields.get('Version') ?? '')],
  ]),
  // A method of the pointer: it counts where the field itself is printed, not where its value has been passed on.
  formatInPlace: (version) => String(version.fields.get('normalizedVersion') ?? ''),
  held: heldKubeVersionType,
};

const helmVersionType: GoStructType = {
  name: 'version.BuildInfo',
  pointer: false,
  fields: [
    { name: 'Version', type: 'string', json: 'version,omitempty' },
    { name: 'GitCommit', type: 'string', json: 'git_commit,omitempty' },
    { name: 'GitTreeState', type: 'string', json: 'git_tree_state,omitempty' },
    { name: 'GoVersion', type: 'string', json: 'go_version,omitempty' },
    { name: 'KubeClientVersion', type: 'string', json: 'kube_client_version' },
  ],
  methods: new Map(),
};

const capabilitiesType: GoStructType = {
  name: '*common.Capabilities',
  pointer: true,
  fields: [
    { name: 'KubeVersion', type: 'common.KubeVersion' },
    { name: 'APIVersions', type: 'common.VersionSet' },
    { name: 'HelmVersion', type: 'version.BuildInfo' },
  ],
  methods: new Map(),
};

/** `.Capabilities`. */
export function capabilitiesObject(capabilities: Capabilities): GoValue {
  const { kubeVersion, apiVersions, helmVersion = defaultHelmVersion } = capabilities;
  const kube = new GoStruct(
    kubeVersionType,
    new Map([
      ['Version', kubeVersion.version],
      ['normalizedVersion', normalizedKubeVersion(kubeVersion)],
      ['Major', kubeVersion.major],
      ['Minor', kubeVersion.minor],
    ]),
  );
  const helm = new GoStruct(
    helmVersionType,
    new Map([
      ['Version', helmVersion.version],
      ['GitCommit', helmVersion.gitCommit],
      ['GitTreeState', helmVersion.gitTreeState],
      ['GoVersion', helmVersion.goVersion],
      ['KubeClientVersion', helmVersion.kubeClientVersion],
    ]),
  );
  return new GoStruct(
    capabilitiesType,
    new Map<string, GoValue>([
      ['KubeVersion', kube],
      ['APIVersions', new GoNamedSlice(versionSet, [...apiVersions])],
      ['HelmVersion', helm],
    ]),
  );
}

const filesType = {
  name: 'engine.files',
  elem: '[]uint8',
  methods: new Map([
    ['Get', method<GoMap>(['string'], (files, [name]) => goString(bytesOf(files, name)))],
    ['GetBytes', method<GoMap>(['string'], (files, [name]) => bytesOf(files, name))],
    ['Glob', method<GoMap>(['string'], (files, [pattern]) => globFiles(files, textOf(pattern)))],
    ['AsConfig', method<GoMap>([], (files) => asYaml(files, goString))],
    ['AsSecrets', method<GoMap>([], (files) => asYaml(files, (data) => Buffer.from(data).toString('base64')))],
    ['Lines', method<GoMap>(['string'], (files, [name]) => linesOf(bytesOf(files, name)))],
  ]),
};

/** `.Files`. */
export function filesObject(files: readonly ChartFile[]): GoMap {
  return new GoNamedMap(filesType, new Map(files.map(({ name, data }) => [name, data])));
}

function bytesOf(files: GoMap, name: GoValue): Uint8Array {
  const data = files.entries.get(textOf(name));
  return data instanceof Uint8Array ? data : new Uint8Array();
}

/** Files whose names match; a pattern that is malformed matches all, as in Helm. */
function globFiles(files: GoMap, pattern: string): GoMap {
  const matches = compileGlob(pattern) ?? (() => true);
  return new GoNamedMap(filesType, new Map([...files.entries].filter(([name]) => matches(name))));
}

/** A YAML map from base names to contents. Of files with one base name the last in name order is taken. */
function asYaml(files: GoMap, content: (data: Uint8Array) => string): string {
  const out = new Map<string, GoValue>();
  for (const name of [...files.entries.keys()].sort(compareStrings)) {
    out.set(posix.basename(name), content(bytesOf(files, name)));
  }
  return yamlOf(out).replace(/\n$/, '');
}

function linesOf(data: Uint8Array): GoSlice {
  const text = goString(data);
  return new GoSlice('string', text === '' ? [] : text.replace(/\n$/, '').split('\n'));
}
