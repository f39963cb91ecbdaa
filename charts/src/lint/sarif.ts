/** Findings as SARIF 2.1.0, which GitHub, GitLab and Azure DevOps show beside the code. */
import { posix } from 'node:path';
import type { Finding, LintResult, Severity } from './finding.ts';
import { RULES } from './rules.ts';

const levels: Readonly<Record<Severity, 'note' | 'warning' | 'error'>> = {
  info: 'note',
  warning: 'warning',
  error: 'error',
};

/** A SARIF log with one run, as JSON. Places are relative to where the program was started, as the paths are. */
export function formatSarif(results: readonly LintResult[], driver: { readonly version: string }): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'drydock lint',
            semanticVersion: driver.version,
            rules: RULES.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.summary },
              defaultConfiguration: { level: levels[rule.severity] },
              properties: { origin: rule.origin },
            })),
          },
        },
        results: results.flatMap((result) => findingsOf(result).map((finding) => toResult(finding, result.path))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The findings of a result; a chart that could not be read is one, too. */
export function findingsOf(result: LintResult): readonly Finding[] {
  if (result.failure === undefined) return result.findings;
  return [{ rule: 'chart-readable', severity: 'error', path: '', message: result.failure }];
}

function toResult(finding: Finding, chart: string): object {
  const region = finding.line === undefined ? {} : { region: { startLine: finding.line } };
  return {
    ruleId: finding.rule,
    ruleIndex: RULES.findIndex(({ id }) => id === finding.rule),
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(finding, chart) }, ...region } }],
  };
}

function uriOf(finding: Finding, chart: string): string {
  const path = finding.file === undefined ? chart : posix.join(chart, finding.file);
  return path.split('/').map(encodeURIComponent).join('/');
}
