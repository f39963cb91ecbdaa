/**
 * From a list of files to a chart: what each file is for, and the subcharts below charts/. Follows Helm v4's
 * pkg/chart/v2/loader (LoadFiles), but keeps subcharts in the order of their files where Helm's is that of a Go map.
 */
import { goString } from '../engine/gotemplate/bytes.ts';
import { readValues, type Values } from '../values/values.ts';
import type { Chart, ChartFile, ChartLock } from './chart.ts';
import { ChartError } from './chart-error.ts';
import { type MetadataFields, readLock, readMetadataFields, toMetadata } from './metadata.ts';

/** Loads packages inside the chart (`charts/x-1.0.0.tgz`); within a budget, which is the caller's. */
export type LoadPackage = (bytes: Uint8Array) => Chart;

/** Builds a chart from files named relative to its folder. Throws ChartError. */
export function loadFiles(files: readonly ChartFile[], loadPackage: LoadPackage): Chart {
  return loadLevel(files, { loadPackage, depth: 0 });
}

/** Folders `charts/a/charts/b/...` within one another; a limit that only a hostile chart comes near. */
const maxDepth = 100;

interface Level {
  readonly loadPackage: LoadPackage;
  readonly depth: number;
}

function loadLevel(files: readonly ChartFile[], level: Level): Chart {
  if (level.depth > maxDepth) throw new ChartError('InvalidChart', `charts are nested deeper than ${maxDepth} folders`);
  const parts = sortFiles(files);
  if (parts.metadata === undefined) {
    throw new ChartError('InvalidChart', 'Chart.yaml file is missing', { file: 'Chart.yaml' });
  }
  const metadata = toMetadata(parts.metadata);
  const dependencies: Chart[] = [];
  for (const [name, members] of parts.subcharts) {
    if (name.startsWith('_') || name.startsWith('.')) continue;
    try {
      dependencies.push(loadSubchart(name, { ...level, members, parent: metadata.name }));
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      const message = `error unpacking subchart ${name} in ${metadata.name}: ${error.message}`;
      throw new ChartError(error.code, message, { ...error.details, chart: metadata.name }, error);
    }
  }
  return {
    metadata,
    templates: parts.templates,
    files: parts.files,
    raw: files,
    values: parts.values ?? new Map(),
    ...(parts.schema === undefined ? {} : { schema: parts.schema }),
    ...(parts.lock === undefined ? {} : { lock: parts.lock }),
    dependencies,
    warnings: parts.warnings,
  };
}

interface Parts {
  metadata?: MetadataFields;
  lock?: ChartLock;
  values?: Values;
  schema?: Uint8Array;
  readonly templates: ChartFile[];
  readonly files: ChartFile[];
  readonly subcharts: Map<string, ChartFile[]>;
  readonly warnings: string[];
}

function sortFiles(files: readonly ChartFile[]): Parts {
  const parts: Parts = { templates: [], files: [], subcharts: new Map(), warnings: [] };
  const chartYaml = files.findLast(({ name }) => name === 'Chart.yaml');
  if (chartYaml !== undefined) parts.metadata = readMetadataFields(goString(chartYaml.data), 'Chart.yaml');
  for (const file of files) sortFile(file, parts);
  return parts;
}

function sortFile(file: ChartFile, parts: Parts): void {
  const { name, data } = file;
  switch (name) {
    case 'Chart.yaml':
      return;
    case 'Chart.lock':
    case 'requirements.lock':
      parts.lock = readLock(goString(data), name);
      if (name === 'requirements.lock') keepForOldCharts(file, parts);
      return;
    case 'values.yaml':
      parts.values = readDefaults(data);
      return;
    case 'values.schema.json':
      parts.schema = data;
      return;
    case 'requirements.yaml':
      parts.metadata = new Map([...(parts.metadata ?? []), ...readMetadataFields(goString(data), name)]);
      keepForOldCharts(file, parts);
      return;
  }
  if (name.startsWith('templates/')) parts.templates.push(file);
  else if (name.startsWith('charts/') && !name.endsWith('.prov')) {
    const inside = { name: name.slice('charts/'.length), data };
    const [subchart = ''] = inside.name.split('/', 1);
    const members = parts.subcharts.get(subchart);
    if (members === undefined) parts.subcharts.set(subchart, [inside]);
    else members.push(inside);
  } else parts.files.push(file);
}

/** requirements.* are apiVersion v1's: a chart of v2 that has them is warned of. */
function keepForOldCharts(file: ChartFile, parts: Parts): void {
  if ((parts.metadata?.get('apiVersion') ?? 'v1') === 'v1') parts.files.push(file);
  else if (file.name === 'requirements.yaml') {
    parts.warnings.push(
      'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
    );
  } else {
    parts.warnings.push(
      'Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.',
    );
  }
}

function readDefaults(data: Uint8Array): Values {
  try {
    return readValues(goString(data));
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError('InvalidValues', `cannot load values.yaml: ${error.message}`, { file: 'values.yaml' }, error);
  }
}

function loadSubchart(
  name: string,
  from: Level & { readonly members: readonly ChartFile[]; readonly parent: string },
): Chart {
  const [first] = from.members;
  if (/\.tgz$/.test(name) && first !== undefined) {
    if (first.name !== name) {
      const message = `error unpacking subchart tar in ${from.parent}: expected ${name}, got ${first.name}`;
      throw new ChartError('InvalidChart', message, { chart: from.parent });
    }
    return from.loadPackage(first.data);
  }
  const files = from.members
    .filter((member) => member.name.includes('/'))
    .map((member) => ({ name: member.name.slice(member.name.indexOf('/') + 1), data: member.data }));
  return loadLevel(files, { loadPackage: from.loadPackage, depth: from.depth + 1 });
}
