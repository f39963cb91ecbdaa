/** Rules of Chart.yaml, in the order and with the texts of Helm v4.3 (pkg/chart/v2/lint/rules/chartfile.go). */
import { basename, join } from 'node:path';
import { messageOf } from '../chart/chart-error.ts';
import type { Decoded, Shape } from '../chart/go-decode.ts';
import { type MetadataFields, metadataShape, readMetadataFields } from '../chart/metadata.ts';
import { isVersion } from '../chart/version.ts';
import { compareVersions, formatVersion, parseVersion } from '../engine/functions/semver-version.ts';
import { byteLength, goString, sortedKeys } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { ChartFolder } from './chart-folder.ts';
import type { Finding } from './finding.ts';
import { isMail, isRequestUrl, isUrl } from './mail-and-url.ts';
import { ruleOf } from './rules.ts';
import { lineOfPath, type YamlPath } from './yaml-lines.ts';

const FILE = 'Chart.yaml';

/** What is known of a Chart.yaml that could be read. */
interface ChartYaml {
  readonly fields: MetadataFields;
  /** As it is written, without the types that are wanted. */
  readonly written: ReadonlyMap<string, GoValue>;
}

interface Check {
  readonly rule: string;
  /** The key that the finding is about. */
  readonly key: string;
  readonly problem: (chart: ChartYaml) => string | undefined;
}

const checks: readonly Check[] = [
  { rule: 'chart-name', key: 'name', problem: ({ fields }) => nameProblem(textOf(fields, 'name')) },
  { rule: 'chart-api-version', key: 'apiVersion', problem: ({ fields }) => apiVersionProblem(fields) },
  { rule: 'chart-version-type', key: 'version', problem: ({ written }) => typeProblem(written, 'version') },
  { rule: 'chart-version', key: 'version', problem: ({ fields }) => versionProblem(textOf(fields, 'version')) },
  { rule: 'chart-app-version-type', key: 'appVersion', problem: ({ written }) => typeProblem(written, 'appVersion') },
  { rule: 'chart-maintainers', key: 'maintainers', problem: ({ fields }) => maintainerProblem(fields) },
  { rule: 'chart-sources', key: 'sources', problem: ({ fields }) => sourceProblem(fields) },
  {
    rule: 'chart-icon',
    key: 'icon',
    problem: ({ fields }) => (textOf(fields, 'icon') === '' ? 'icon is recommended' : undefined),
  },
  { rule: 'chart-icon-url', key: 'icon', problem: ({ fields }) => iconProblem(textOf(fields, 'icon')) },
  { rule: 'chart-type', key: 'type', problem: ({ fields }) => typeFieldProblem(fields) },
  { rule: 'chart-dependencies', key: 'dependencies', problem: ({ fields }) => dependenciesProblem(fields) },
  {
    rule: 'chart-version-strict',
    key: 'version',
    problem: ({ fields }) => strictVersionProblem(textOf(fields, 'version')),
  },
];

/** The findings about Chart.yaml. */
export function lintChartYaml(folder: ChartFolder): Finding[] {
  const findings: Finding[] = [];
  const report = (rule: string, message: string, line = 1): void => {
    findings.push({ rule, severity: ruleOf(rule).severity, path: FILE, message, file: FILE, line });
  };
  if (folder.kind(FILE) === 'directory') report('chart-yaml-file', 'should be a file, not a directory');
  let text: string;
  let chart: ChartYaml;
  try {
    text = goString(folder.read(FILE));
    const fields = readMetadataFields(text, FILE);
    const written = parseYaml(text, { ints: 'bigint' });
    chart = { fields, written: written instanceof Map ? written : new Map() };
  } catch (error) {
    const reason = messageOf(error).replace(/^cannot load Chart\.yaml: /, '');
    report('chart-yaml-format', `unable to parse YAML\n\t${reason}`, lineIn(reason));
    return findings;
  }
  const lines = text.split('\n');
  const strict = strictProblem(text, chart.written);
  if (strict !== undefined) {
    const line = strict.path === undefined ? lineIn(strict.reason) : lineOfPath(lines, strict.path);
    report('chart-yaml-strict', `failed to strictly parse chart metadata file\n\t${strict.reason}`, line);
  }
  for (const { rule, key, problem } of checks) {
    const message = problem(chart);
    if (message !== undefined) report(rule, message, lineOfPath(lines, [key]));
  }
  return findings;
}

/** The path of a file as Helm's errors show it. */
export function pathIn(folder: ChartFolder, name: string): string {
  return join(folder.path, name);
}

function lineIn(message: string): number {
  return Number(/\bline (\d+):/.exec(message)?.[1] ?? 1);
}

interface StrictProblem {
  readonly reason: string;
  readonly path?: YamlPath;
}

/** A key that is there twice, or one that Chart.yaml does not have, in the order in which Go's decoder meets them. */
function strictProblem(text: string, written: ReadonlyMap<string, GoValue>): StrictProblem | undefined {
  try {
    parseYaml(text, { strict: true });
  } catch (error) {
    return { reason: messageOf(error) };
  }
  const path = unknownField(new Map(written), { shape: metadataShape, path: [] });
  if (path === undefined) return undefined;
  const name = quote(String(path.at(-1)));
  return { reason: `error unmarshaling JSON: while decoding JSON: json: unknown field ${name}`, path };
}

function unknownField(
  value: GoValue,
  within: { readonly shape: Shape; readonly path: YamlPath },
): YamlPath | undefined {
  const { shape, path } = within;
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = unknownField(item, { shape: shape.of, path: [...path, index] });
      if (found !== undefined) return found;
    }
  }
  if (shape.kind !== 'struct' || !(value instanceof Map)) return undefined;
  const names = [...shape.fields.keys()];
  for (const key of sortedKeys(value)) {
    const name =
      names.find((field) => field === key) ?? names.find((field) => field.toLowerCase() === key.toLowerCase());
    const field = name === undefined ? undefined : shape.fields.get(name);
    // Helm has no such field; here it names an engine that Helm has not either.
    const isForeign = name === 'engine' && value.get(key) !== 'handlebars';
    if (field === undefined || isForeign) return [...path, key];
    const found = unknownField(value.get(key), { shape: field, path: [...path, key] });
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'name is required';
  const base = basename(name) || '/';
  return base === name ? undefined : `chart name ${quote(name)} is invalid`;
}

function apiVersionProblem(fields: MetadataFields): string | undefined {
  const apiVersion = textOf(fields, 'apiVersion');
  if (apiVersion === '') return 'apiVersion is required. The value must be either "v1" or "v2"';
  if (apiVersion === 'v1' || apiVersion === 'v2') return undefined;
  return `apiVersion '${apiVersion}' is not valid. The value must be either "v1" or "v2"`;
}

function typeProblem(written: ReadonlyMap<string, GoValue>, key: string): string | undefined {
  const value = written.get(key);
  if (!written.has(key) || typeof value === 'string') return undefined;
  let type = '<nil>';
  if (typeof value === 'number' || typeof value === 'bigint') type = 'float64';
  else if (typeof value === 'boolean') type = 'bool';
  return `${key} should be of type string but it's of type ${type}`;
}

function versionProblem(version: string): string | undefined {
  if (version === '') return 'version is required';
  if (!isVersion(version)) return `version '${version}' is not a valid SemVer`;
  const parsed = parseVersion(version);
  const least = '0.0.0-0';
  if (compareVersions(parsed, parseVersion(least)) > 0) return undefined;
  return `version ${quote(formatVersion(parsed))} is less than or equal to ${quote(least)}`;
}

const strictVersion =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function strictVersionProblem(version: string): string | undefined {
  const isStrict = byteLength(version) <= 256 && strictVersion.test(version) && isVersion(version);
  return isStrict ? undefined : `version '${version}' is not a valid SemVerV2`;
}

function maintainerProblem(fields: MetadataFields): string | undefined {
  for (const maintainer of listOf(fields, 'maintainers')) {
    if (!(maintainer instanceof Map)) return 'a maintainer entry is empty';
    const name = textOf(maintainer, 'name');
    const email = textOf(maintainer, 'email');
    const url = textOf(maintainer, 'url');
    if (name === '') return 'each maintainer requires a name';
    if (email !== '' && !isMail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourceProblem(fields: MetadataFields): string | undefined {
  const sources = listOf(fields, 'sources').map((source) => (typeof source === 'string' ? source : ''));
  const bad = sources.find((source) => !isRequestUrl(source));
  return bad === undefined ? undefined : `invalid source URL '${bad}'`;
}

function iconProblem(icon: string): string | undefined {
  return icon === '' || isRequestUrl(icon) ? undefined : `invalid icon URL '${icon}'`;
}

function typeFieldProblem(fields: MetadataFields): string | undefined {
  const apiVersion = textOf(fields, 'apiVersion');
  if (textOf(fields, 'type') === '' || apiVersion === 'v2') return undefined;
  return `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`;
}

function dependenciesProblem(fields: MetadataFields): string | undefined {
  const apiVersion = textOf(fields, 'apiVersion');
  if (listOf(fields, 'dependencies').length === 0 || apiVersion === 'v2') return undefined;
  return `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`;
}

function textOf(fields: MetadataFields, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

function listOf(fields: MetadataFields, name: string): readonly Decoded[] {
  const value = fields.get(name);
  return Array.isArray(value) ? value : [];
}
