/**
 * What spaces, charts and versions may be called. A space's name is the path of an OCI repository (distribution
 * specification 1.1), such as `dev` or `team/dev`, so that every face of the registry can spell it. A chart's name is Helm's
 * (letters, digits, `.`, `_`, `-`), ASCII only, so that no two names look or fold alike by Unicode.
 */
import { RegistryError } from './errors.ts';
import { maxVersionLength, parseVersion } from './versions.ts';

/** A version of a chart in a space. */
export interface VersionRef {
  readonly space: string;
  readonly chart: string;
  readonly version: string;
}

const spacePart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const spacePattern = new RegExp(`^${spacePart}(?:/${spacePart})*$`);
const maxSpaceLength = 120;
const chartPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const maxChartLength = 120;

/** Throws InvalidSpaceName. */
export function checkSpaceName(name: string): void {
  if (name.length > maxSpaceLength || !spacePattern.test(name)) {
    throw new RegistryError(
      'InvalidSpaceName',
      `space ${quote(name)}: a name is up to ${maxSpaceLength} lower-case letters and digits, with . _ - / between them`,
      { details: { space: name } },
    );
  }
}

/** Throws InvalidChartName. */
export function checkChartName(name: string): void {
  if (name.length > maxChartLength || !chartPattern.test(name)) {
    throw new RegistryError(
      'InvalidChartName',
      `chart ${quote(name)}: a name is up to ${maxChartLength} letters, digits, . _ - and starts with a letter or digit`,
      { details: { chart: name } },
    );
  }
}

/** Throws InvalidVersion; `chart` is named in the message. */
export function checkVersion(version: string, chart: string): void {
  if (parseVersion(version) === undefined) {
    throw new RegistryError(
      'InvalidVersion',
      `chart ${quote(chart)}: version ${quote(version)} is not a semantic version of up to ${maxVersionLength} characters`,
      { details: { chart, version } },
    );
  }
}

/** Throws InvalidSpaceName, InvalidChartName or InvalidVersion. */
export function checkVersionRef(ref: VersionRef): void {
  checkSpaceName(ref.space);
  checkChartName(ref.chart);
  checkVersion(ref.version, ref.chart);
}

/** `space/chart version`, as messages name it. */
export function formatVersionRef(ref: VersionRef): string {
  return `${ref.space}/${ref.chart} ${ref.version}`;
}

/** The name of a package's file as Helm makes it. */
export function packageFileName(ref: { readonly chart: string; readonly version: string }): string {
  return `${ref.chart}-${ref.version}.tgz`;
}

/** Every chart and version that a package's file name can mean: `a-1-2.0.0.tgz` is `a-1` 2.0.0, or `a` 1-2.0.0. */
export function parsePackageFileName(file: string): readonly { readonly chart: string; readonly version: string }[] {
  if (!file.endsWith('.tgz') || file.length > maxChartLength + maxVersionLength + '-.tgz'.length) {
    return [];
  }
  const stem = file.slice(0, -'.tgz'.length);
  const readings: { chart: string; version: string }[] = [];
  for (let dash = stem.lastIndexOf('-'); dash > 0; dash = stem.lastIndexOf('-', dash - 1)) {
    const chart = stem.slice(0, dash);
    const version = stem.slice(dash + 1);
    if (chartPattern.test(chart) && parseVersion(version) !== undefined) {
      readings.push({ chart, version });
    }
  }
  return readings;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
