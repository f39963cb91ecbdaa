/** drydock lint CHART...: what `helm lint` prints, and then what a rehearsal sees, as text, JSON or SARIF. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultCapabilities, mergeValueLayers, parseKubeVersion } from '@drydock/charts';
import {
  type Finding,
  findingsOf,
  formatSarif,
  isAtLeast,
  type LintOptions,
  type LintResult,
  lintChart,
  type Previous,
  ruleOf,
  type Severity,
} from '@drydock/charts/lint';
import { VERSION } from '../version.ts';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { isDebug, logLine } from './helm-log.ts';
import { helmNamespace } from './helm-namespace.ts';
import { readLimits } from './limit-flags.ts';
import { LINT_FLAGS } from './lint-flags.ts';
import { createSchemaReferences } from './schema-files.ts';
import { readValues } from './value-files.ts';

const SUMMARY = 'Looks for what is wrong with charts: all that helm lint reports, and what a rehearsal sees beyond it.';

export async function run(args: readonly string[]): Promise<void> {
  const { flags, positionals, notices, wantsHelp } = parseGoFlags(LINT_FLAGS, args);
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  if (wantsHelp) {
    process.stdout.write(`${SUMMARY}\n\nUsage:\n  drydock lint PATH... [flags]\n\nFlags:\n${formatFlags(LINT_FLAGS)}`);
    return;
  }
  if (positionals.length === 0) {
    throw verbatim('"drydock lint" requires at least 1 argument\n\nUsage:  drydock lint PATH [flags]');
  }
  const options = await readOptions(flags);
  const previous = await readPrevious(positionals, flags);
  const paths = flags.is('withSubcharts') ? withSubcharts(positionals) : positionals;
  const schemas = createSchemaReferences();
  const results: LintResult[] = [];
  for (const [index, path] of paths.entries()) {
    const own = { ...options, schemaFiles: schemas.read, ...(previous === undefined || index > 0 ? {} : { previous }) };
    results.push(await schemas.settle((isAgain) => lintChart(path, isAgain ? { ...own, warn: () => {} } : own)));
  }
  const failed = results.filter((result) => hasFailed(result, flags)).length;
  const summary = `${results.length} chart(s) linted, ${failed} chart(s) failed`;
  const format = flags.text('output') ?? 'text';
  if (format === 'sarif') process.stdout.write(formatSarif(results, { version: VERSION }));
  else if (format === 'json') process.stdout.write(formatJson(results, flags));
  else process.stdout.write(formatText(results, flags));
  if (failed > 0 && format === 'text') throw new CliError(summary);
  if (failed > 0) process.exitCode = EXIT_CODES.error;
  else if (format === 'text' && (!flags.is('quiet') || results.some(isWorthTelling))) {
    process.stdout.write(`${summary}\n`);
  }
}

async function readOptions(flags: Flags): Promise<LintOptions> {
  const version = flags.text('kubeVersion');
  return {
    namespace: await helmNamespace(flags),
    values: mergeValueLayers(await readValues(flags, flags.list('values'))),
    skipSchemaValidation: flags.is('skipSchemaValidation'),
    rules: flags.text('rules') === 'helm' ? 'helm' : 'all',
    limits: readLimits(flags),
    ...(version === undefined
      ? {}
      : { capabilities: { ...defaultCapabilities, kubeVersion: parseKubeVersion(version) } }),
    warn: ({ level, message, attributes }) => logLine(level, message, attributes),
    debug: isDebug(flags),
  };
}

/** What --against and --against-release name. */
async function readPrevious(charts: readonly string[], flags: Flags): Promise<Previous | undefined> {
  const against = flags.text('against');
  const release = flags.text('againstRelease');
  if (against === undefined && release === undefined) return undefined;
  if (against !== undefined && release !== undefined) {
    throw new CliError('--against and --against-release exclude each other');
  }
  if (charts.length > 1) throw new CliError('with --against there can be only one chart');
  const { previousChart, previousRelease } = await import('./lint-previous.ts');
  return against === undefined ? previousRelease(release ?? '', flags) : previousChart(against, flags);
}

/** Helm's rules fail as in Helm; those beyond only with --fail-on, so that the exit code is Helm's. */
function hasFailed(result: LintResult, flags: Flags): boolean {
  if (result.failure !== undefined) return true;
  const strict: Severity = flags.is('strict') ? 'warning' : 'error';
  const least = flags.text('failOn');
  return result.findings.some(({ rule, severity }) => {
    if (ruleOf(rule).origin === 'helm' && isAtLeast(severity, strict)) return true;
    // The option's choices are the severities.
    return least !== undefined && isAtLeast(severity, least as Severity);
  });
}

function isWorthTelling(result: LintResult): boolean {
  return result.failure !== undefined || result.findings.some(({ severity }) => isAtLeast(severity, 'warning'));
}

function formatText(results: readonly LintResult[], flags: Flags): string {
  const isQuiet = flags.is('quiet');
  let text = '';
  for (const result of results) {
    if (isQuiet && !isWorthTelling(result)) continue;
    text += `==> Linting ${result.path}\n`;
    if (result.failure !== undefined) text += `Error ${result.failure}\n`;
    for (const finding of result.findings) {
      if (!isQuiet || isAtLeast(finding.severity, 'warning')) text += `${formatFinding(finding)}\n`;
    }
    text += '\n';
  }
  return text;
}

/** Helm's rules as Helm prints them, byte for byte; those beyond with their line and their name. */
function formatFinding({ rule, severity, path, message, line }: Finding): string {
  const tag = `[${severity.toUpperCase()}]`;
  if (ruleOf(rule).origin === 'helm') return `${tag} ${path}: ${message}`;
  return `${tag} ${path}${line === undefined ? '' : `:${line}`}: ${message} (${rule})`;
}

function formatJson(results: readonly LintResult[], flags: Flags): string {
  const charts = results.map((result) => ({
    path: result.path,
    ...(result.chart === undefined ? {} : { chart: result.chart }),
    failed: hasFailed(result, flags),
    findings: findingsOf(result)
      .filter(({ severity }) => !flags.is('quiet') || isAtLeast(severity, 'warning'))
      .map(({ rule, severity, path, message, file, line }) => ({
        rule,
        origin: ruleOf(rule).origin,
        severity,
        path,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        message,
      })),
  }));
  const failed = charts.filter((chart) => chart.failed).length;
  return `${JSON.stringify({ linted: charts.length, failed, charts }, null, 2)}\n`;
}

/** The given paths, and behind them every chart folder and archive below their charts/, as Helm walks them. */
function withSubcharts(paths: readonly string[]): string[] {
  return [...paths, ...paths.flatMap((path) => chartsBelow(join(path, 'charts')))];
}

function chartsBelow(folder: string): string[] {
  const entries = readEntries(folder);
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (name === 'Chart.yaml') return [dirname(path)];
    const found = /\.(?:tgz|tar\.gz)$/.test(name) ? [path] : [];
    return isDirectory ? [...found, ...chartsBelow(path)] : found;
  });
}

function readEntries(folder: string): { readonly name: string; readonly isDirectory: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  } catch (error) {
    // No such folder, or none that may be read: Helm passes over it.
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
