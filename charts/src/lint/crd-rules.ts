/** Rules of crds/, as Helm v4.3's (pkg/chart/v2/lint/rules/crds.go). */
import { type Chart, isCrdFile } from '../chart/chart.ts';
import { messageOf } from '../chart/chart-error.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import type { ChartFolder } from './chart-folder.ts';
import type { Finding } from './finding.ts';
import { readHeads } from './manifest-stream.ts';

const FOLDER = 'crds/';

/** The findings about the files of crds/, of the chart and its subcharts. */
export function lintCrds(folder: ChartFolder, load: () => Chart): Finding[] {
  const kind = folder.kind('crds');
  if (kind === undefined) return [];
  if (kind === 'file') return [{ rule: 'crds-folder', severity: 'error', path: FOLDER, message: 'not a directory' }];
  let chart: Chart;
  try {
    chart = load();
  } catch (error) {
    return [{ rule: 'crds-load', severity: 'error', path: FOLDER, message: messageOf(error) }];
  }
  const findings: Finding[] = [];
  for (const { name, file, text } of crdFiles(chart, '')) {
    for (const head of readHeads(text)) {
      const place = { severity: 'error', path: name, file, line: head.line } as const;
      if ('problem' in head) {
        findings.push({ rule: 'crd-yaml', message: `unable to parse YAML: ${head.problem}`, ...place });
        return findings;
      }
      if (!head.apiVersion.startsWith('apiextensions.k8s.io')) {
        findings.push({ rule: 'crd-api-version', message: "apiVersion is not in 'apiextensions.k8s.io'", ...place });
      }
      if (head.kind !== 'CustomResourceDefinition') {
        findings.push({ rule: 'crd-kind', message: "object kind is not 'CustomResourceDefinition'", ...place });
      }
    }
  }
  return findings;
}

/** `name` is within its own chart, which is how Helm shows it; `file` is within the chart that is looked at. */
function crdFiles(chart: Chart, prefix: string): { name: string; file: string; text: string }[] {
  const own = chart.files
    .filter(isCrdFile)
    .map(({ name, data }) => ({ name, file: `${prefix}${name}`, text: goString(data) }));
  const inner = chart.dependencies.flatMap((subchart) =>
    crdFiles(subchart, `${prefix}charts/${subchart.metadata.name}/`),
  );
  return [...own, ...inner];
}
