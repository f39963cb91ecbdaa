/**
 * drydock show chart|values|readme|crds|all CHART: what `helm show` v4.3 prints, of a path, a repository, an OCI registry,
 * or SPACE/NAME of Drydock's registry.
 */
import { formatChart, type ShownPart } from '@drydock/charts/show';
import { type FlagSpec, formatFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { logVersion } from './helm-log.ts';
import { locateChart } from './locate-chart.ts';
import { GLOBAL_FLAGS, SERVER_FLAGS } from './template-flags.ts';

const PARTS: ReadonlyMap<string, { readonly part: ShownPart; readonly summary: string }> = new Map([
  ['all', { part: 'all', summary: 'all there is to show of the chart' }],
  ['chart', { part: 'chart', summary: "the chart's definition" }],
  ['crds', { part: 'crds', summary: "the chart's CRDs" }],
  ['readme', { part: 'readme', summary: "the chart's README" }],
  ['values', { part: 'values', summary: "the chart's values" }],
]);

const FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  ...SERVER_FLAGS,
  { name: 'devel', kind: 'bool', help: "pre-releases, too: --version '>0.0.0-0'" },
  { name: 'pass-credentials', kind: 'bool', help: 'send name and password to all servers' },
  { name: 'repo', kind: 'string', help: 'URL of the repository that CHART is in' },
  { name: 'version', kind: 'string', help: 'version of the chart, exact or a range (default: the latest)' },
];
const VALUES_FLAGS: readonly FlagSpec[] = [
  ...FLAGS,
  { name: 'jsonpath', kind: 'string', help: 'print only what a JSONPath template finds in the values' },
];

export async function run(args: readonly string[]): Promise<void> {
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  const word = at < 0 ? undefined : args[at];
  const shown = word === undefined ? undefined : PARTS.get(word);
  if (word === undefined || shown === undefined) {
    // Only the parts have flags of their own.
    parseGoFlags(GLOBAL_FLAGS, args);
    process.stdout.write(formatHelp());
    return;
  }
  const specs = shown.part === 'values' ? VALUES_FLAGS : FLAGS;
  const rest = args.filter((_, index) => index !== at);
  const { flags, positionals, wantsHelp } = parseGoFlags(specs, rest);
  const usage = `drydock show ${word} [CHART] [flags]`;
  if (wantsHelp) {
    process.stdout.write(`Shows ${shown.summary}.\n\nUsage:\n  ${usage}\n\nFlags:\n${formatFlags(specs)}`);
    return;
  }
  if (positionals.length !== 1) throw verbatim(`"drydock show ${word}" requires 1 argument\n\nUsage:  ${usage}`);
  logVersion(flags, 'original');
  const chart = (await locateChart(positionals[0] ?? '', flags)).load();
  const template = flags.text('jsonpath') ?? '';
  if (template === '') {
    process.stdout.write(formatChart(chart, shown.part));
    return;
  }
  const { printJsonPath } = await import('./json-path.ts');
  process.stdout.write(printJsonPath(template, chart.values));
}

function formatHelp(): string {
  const lines = [...PARTS].map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}\n`);
  return `Shows what a chart has.

Usage:
  drydock show PART CHART [flags]

Parts:
${lines.join('')}
CHART is a folder, an archive, a URL, oci://..., a chart of --repo or of one of Helm's repositories (NAME/CHART), or
SPACE/NAME of the registry.
`;
}
