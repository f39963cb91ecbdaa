/**
 * The digest of a lock file, which tells whether it fits the dependencies that it was made of. Follows Helm v4's
 * internal/resolver: SHA-256 of the JSON of both lists, as Go's encoding/json writes their structs.
 */
import { createHash } from 'node:crypto';
import { encodeJson } from '../engine/functions/json-encode.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import type { Chart, ChartDependency } from './chart.ts';
import type { Decoded } from './go-decode.ts';
import { formatLock, readMetadataFields } from './metadata.ts';

export { formatLock };

/** A dependency of Chart.yaml, with `import-values` just as they are written, since the digest counts every bit of them. */
export interface Requirement extends ChartDependency {
  readonly writtenImports?: readonly GoValue[];
}

/** The dependencies of a chart, for the digest; undefined where Chart.yaml (requirements.yaml for v1) has none. */
export function requirementsOf(chart: Chart): readonly Requirement[] | undefined {
  const { dependencies } = chart.metadata;
  if (dependencies === undefined) return undefined;
  const written = writtenImports(chart);
  return dependencies.map((dependency, index) => {
    const imports = written[index];
    return imports === undefined ? dependency : { ...dependency, writtenImports: imports };
  });
}

/** `sha256:...` of what a chart asks for and what it was resolved to. */
export function lockDigest(requirements: readonly Requirement[], locked: readonly ChartDependency[]): string {
  return digest(`[${jsonOf(requirements)},${jsonOf(locked)}]`);
}

/** The digest that Helm 2 wrote into requirements.lock: of what the chart asks for alone. */
export function helm2LockDigest(requirements: readonly Requirement[]): string {
  return digest(`{"dependencies":${jsonOf(requirements)}}`);
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function jsonOf(dependencies: readonly Requirement[]): string {
  return `[${dependencies.map(dependencyJson).join(',')}]`;
}

/** In the order of the fields of Go's struct; `name` and `repository` are always there. */
function dependencyJson(dependency: Requirement): string {
  const { name, version, repository = '', condition, tags = [], enabled, alias } = dependency;
  const imports = dependency.writtenImports ?? (dependency.importValues ?? []).map(importValue);
  const members = [
    member('name', name),
    ...(version ? [member('version', version)] : []),
    member('repository', repository),
    ...(condition ? [member('condition', condition)] : []),
    ...(tags.length > 0 ? [member('tags', [...tags])] : []),
    ...(enabled === true ? [member('enabled', true)] : []),
    ...(imports.length > 0 ? [member('import-values', [...imports])] : []),
    ...(alias ? [member('alias', alias)] : []),
  ];
  return `{${members.join(',')}}`;
}

function member(name: string, value: GoValue): string {
  return `${JSON.stringify(name)}:${encodeJson(value, { indent: false, escapesHtml: true, context: unlimited })}`;
}

/** A chart file's size bounds what is written here. */
const unlimited = { spend: () => {} };

function importValue(value: NonNullable<ChartDependency['importValues']>[number]): GoValue {
  return typeof value === 'string' ? value : new Map<string, GoValue>(Object.entries(value));
}

function writtenImports(chart: Chart): readonly (readonly GoValue[] | undefined)[] {
  const fields = ['requirements.yaml', 'Chart.yaml']
    .map((name) => chart.raw.findLast((file) => file.name === name))
    .map((file) => (file === undefined ? undefined : readMetadataFields(goString(file.data), file.name)))
    .find((read) => read?.has('dependencies'));
  const dependencies = fields?.get('dependencies');
  if (!Array.isArray(dependencies)) return [];
  return dependencies.map((dependency: Decoded) => {
    const imports = dependency instanceof Map ? dependency.get('import-values') : undefined;
    return Array.isArray(imports) ? imports.map(anyOf) : undefined;
  });
}

function anyOf(decoded: Decoded): GoValue {
  return decoded !== null && typeof decoded === 'object' && 'any' in decoded ? decoded.any : null;
}
