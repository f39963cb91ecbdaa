/**
 * What the registry reads out of a pushed package: its metadata as JSON with Chart.yaml's own field names, its subcharts'
 * metadata, and its digest. What a chart is and which archives are safe, @drydock/charts decides.
 */
import { type Chart, ChartError, loadArchive, valuesToJson } from '@drydock/charts';
import { digestOf } from './digest.ts';
import { RegistryError } from './errors.ts';
import { isJsonObject, isOversized, type JsonObject, toJsonObject } from './json.ts';
import type { ChartTree } from './layout.ts';
import { defaultLimits } from './limits.ts';
import { checkChartName, checkVersion } from './names.ts';

/** Deeper than what charts and values may be nested. */
const maxTreeDepth = 2000;
/** Characters of values as JSON. */
const maxValuesLength = 16 * 1024 * 1024;

export interface PackageFacts extends ChartTree {
  readonly chart: string;
  readonly version: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * `metadataLength`: the most characters of metadata. Throws InvalidArchive, InvalidChart, InvalidChartName or InvalidVersion,
 * naming the chart and the file where known.
 */
export function readPackage(archive: Uint8Array, metadataLength = defaultLimits.metadataLength): PackageFacts {
  const chart = openPackage(archive);
  const { name, version } = chart.metadata;
  checkChartName(name);
  checkVersion(version, name);
  const tree = chartTree(chart);
  if (isOversized(tree, { length: metadataLength, depth: maxTreeDepth })) {
    const message = `chart ${name}: metadata, that of its subcharts included, takes more than ${metadataLength} characters`;
    throw new RegistryError('InvalidChart', message, { details: { chart: name } });
  }
  return { chart: name, version, digest: digestOf(archive), size: archive.byteLength, ...tree };
}

/** The chart in a package. Throws InvalidArchive or InvalidChart. */
export function openPackage(archive: Uint8Array): Chart {
  try {
    return loadArchive(archive);
  } catch (error) {
    if (error instanceof ChartError) {
      const code = error.code === 'InvalidArchive' ? 'InvalidArchive' : 'InvalidChart';
      const { chart, file } = error.details;
      const where = chart === undefined || error.message.includes(chart) ? '' : `chart ${chart}: `;
      const inFile = file === undefined || error.message.includes(file) ? '' : `${file}: `;
      throw new RegistryError(code, `${where}${inFile}${error.message}`, {
        details: { ...error.details },
        cause: error,
      });
    }
    throw error;
  }
}

/** The values.yaml of the chart in a package, as JSON. Throws as openPackage, and InvalidChart where they are too large. */
export function readDefaultValues(archive: Uint8Array): unknown {
  const { values, metadata } = openPackage(archive);
  const json = valuesToJson(values);
  if (isOversized(json, { length: maxValuesLength, depth: maxTreeDepth })) {
    throw new RegistryError(
      'InvalidChart',
      `chart ${metadata.name}: values.yaml unfolds to too much to be shown as JSON`,
    );
  }
  return json;
}

/** A file of the chart in a package, by its path in the chart; undefined when it has none. Throws as openPackage. */
export function readFile(archive: Uint8Array, path: string): Uint8Array | undefined {
  return openPackage(archive).raw.find(({ name }) => name === path)?.data;
}

function chartTree(chart: Chart): ChartTree {
  try {
    return { metadata: metadataJson(chart.metadata), subcharts: chart.dependencies.map(chartTree) };
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RegistryError('InvalidChart', `chart ${chart.metadata.name}: metadata is ${error.message}`);
    }
    throw error;
  }
}

/** Chart.yaml's metadata under the names that the file has. */
export function metadataJson(metadata: Chart['metadata']): JsonObject {
  const json = toJsonObject(metadata);
  if (!Array.isArray(json.dependencies)) {
    return json;
  }
  const dependencies = json.dependencies.map((dependency: unknown) => {
    if (!isJsonObject(dependency)) {
      return dependency;
    }
    const { importValues, ...rest } = dependency;
    return importValues === undefined ? rest : { ...rest, 'import-values': importValues };
  });
  return { ...json, dependencies };
}
