/** Rules of dependencies and of the whole chart, as Helm v4.3's (pkg/chart/v2/lint/rules/dependencies.go). */
import { missingDependencies } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { messageOf } from '../chart/chart-error.ts';
import type { ChartFolder } from './chart-folder.ts';
import type { Finding } from './finding.ts';

/** The findings about a chart as a whole; `load` is given once, since all rules load the same. */
export function lintDependencies(folder: ChartFolder, load: () => Chart): Finding[] {
  let chart: Chart;
  try {
    chart = load();
  } catch (error) {
    return [
      {
        rule: 'chart-load',
        severity: 'error',
        path: '',
        message: `unable to load chart\n\t${messageOf(error)}`,
        file: 'Chart.yaml',
      },
    ];
  }
  const findings: Finding[] = [];
  const place = { path: folder.path, file: 'Chart.yaml' };
  const declared = new Set((chart.metadata.dependencies ?? []).map(({ name }) => name));
  const undeclared = chart.dependencies.map(({ metadata }) => metadata.name).filter((name) => !declared.has(name));
  if (undeclared.length > 0) {
    const message = `chart metadata is missing these dependencies: ${undeclared.join(',')}`;
    findings.push({ rule: 'dependency-declared', severity: 'error', message, ...place });
  }
  const shadowing = shadowingNames(chart);
  if (shadowing.length > 0) {
    const message = `multiple dependencies with name or alias: ${shadowing.join(',')}`;
    findings.push({ rule: 'dependency-unique', severity: 'error', message, ...place });
  }
  const missing = missingDependencies(chart);
  if (missing.length > 0) {
    const message = `chart directory is missing these dependencies: ${missing.join(',')}`;
    findings.push({ rule: 'dependency-present', severity: 'warning', message, ...place });
  }
  return findings;
}

function shadowingNames(chart: Chart): string[] {
  const names = (chart.metadata.dependencies ?? []).map(({ name, alias }) => alias || name);
  return names.filter((name, index) => names.indexOf(name) < index);
}
