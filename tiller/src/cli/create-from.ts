/**
 * `drydock create --starter`: a new chart from another one, as Helm v4.3's CreateFrom (pkg/chart/v2/util/create.go):
 * `<CHARTNAME>` in templates and values.yaml becomes the name, Chart.yaml is written anew. The language of the templates
 * stays that of the starter.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { archiveFileName, type Chart, ChartError, loadChart, packageChart } from '@drydock/charts';
import { verbatim } from './go-flags.ts';

/** The files of the new chart, by path. `starter` is an absolute path, or a name among Helm's starters. */
export function filesFrom(starter: string, name: string): ReadonlyMap<string, string | Uint8Array> {
  const path = isAbsolute(starter) ? starter : join(startersFolder(), starter);
  const chart = loadStarter(path);
  const named = (data: Uint8Array): Uint8Array =>
    Buffer.from(Buffer.from(data).toString('latin1').replaceAll('<CHARTNAME>', name), 'latin1');
  const files = new Map<string, string | Uint8Array>([['Chart.yaml', definition(name, chart)]]);
  for (const file of chart.raw.filter((each) => each.name === 'values.yaml')) files.set(file.name, named(file.data));
  if (chart.schema !== undefined) files.set('values.schema.json', chart.schema);
  for (const template of chart.templates) files.set(template.name, named(template.data));
  for (const file of chart.files) files.set(file.name, file.data);
  for (const dependency of chart.dependencies) {
    files.set(`charts/${archiveFileName(dependency.metadata)}`, packageChart(dependency, { allowMissing: true }));
  }
  return files;
}

function startersFolder(): string {
  const { HELM_DATA_HOME: helm, XDG_DATA_HOME: data } = process.env;
  if (helm) return join(helm, 'starters');
  const base = process.platform === 'darwin' ? join(homedir(), 'Library') : join(homedir(), '.local', 'share');
  return join(data || base, 'helm', 'starters');
}

function loadStarter(path: string): Chart {
  try {
    return loadChart(path);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const reason = existsSync(path) ? error.message : `stat ${path}: no such file or directory`;
    throw verbatim(`could not load ${path}: ${reason}`, error.code);
  }
}

function definition(name: string, { metadata }: Chart): string {
  const engine = metadata.engine === 'handlebars' ? 'engine: handlebars\n' : '';
  // A name has letters, digits, dots and dashes: what could be taken for a number is quoted.
  const quoted = /^[A-Za-z][A-Za-z0-9._-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name);
  const text = quoted ? name : JSON.stringify(name);
  return `apiVersion: v2
appVersion: 0.1.0
description: A Helm chart for Kubernetes
${engine}name: ${text}
type: application
version: 0.1.0
`;
}
