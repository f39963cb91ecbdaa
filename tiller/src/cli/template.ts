/** drydock template [NAME] CHART: renders here, without a server, and prints what `helm template` prints. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Capabilities,
  type Chart,
  ChartError,
  defaultCapabilities,
  formatRendered,
  loadArchive,
  loadChart,
  mergeValueLayers,
  parseKubeVersion,
  renderChart,
} from '@drydock/charts';
import { checkRef, isLocal, versionFlag } from './chart-argument.ts';
import { CliError } from './cli-error.ts';
import { addScope, collect, createCommand, type Flags, parseCommand } from './command.ts';
import { addValueFlags, readValueFlags } from './value-flags.ts';
import { writeErr, writeOut } from './write-out.ts';

/** Errors that Helm reports with a hint, since it has made the release by then. */
const RENDER_ERRORS: ReadonlySet<string> = new Set(['RenderFailed', 'InvalidManifest']);
const DEBUG_HINT = '\n\nUse --debug flag to render out invalid YAML';

export async function run(args: readonly string[]): Promise<void> {
  try {
    await renderTemplates(args);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    // Helm's own text, which is part of what `helm template` prints.
    const hint = RENDER_ERRORS.has(error.code) && !args.includes('--debug') ? DEBUG_HINT : '';
    throw new CliError(`${error.message.trimEnd()}${hint}`, { code: error.code, isVerbatim: true });
  }
}

async function renderTemplates(args: readonly string[]): Promise<void> {
  const command = createCommand('template', {
    synopsis: '[NAME] CHART',
    summary: 'Renders a chart locally and prints the manifests.',
  });
  addValueFlags(addScope(command))
    .option('--version <range>', 'version of the chart, exact or a range (default: the latest)')
    .option('--devel', 'pre-releases, too')
    .option('-g, --generate-name', 'make up a name; NAME is left out')
    .option('--include-crds', 'print the CRDs, too')
    .option('--skip-crds', 'print no CRDs (the default)')
    .option('-s, --show-only <template>', 'print only this template (several)', collect)
    .option('--skip-tests', 'leave tests out')
    .option('--no-hooks', 'leave hooks out')
    .option('--is-upgrade', 'render as for an upgrade')
    .option('--kube-version <version>', 'Kubernetes version of .Capabilities')
    .option('-a, --api-versions <version>', 'further API versions of .Capabilities (several)', collect)
    .option('--skip-schema-validation', 'do not check values against values.schema.json')
    .option('--render-subchart-notes', 'has no effect here: notes are not printed')
    .option('--output-dir <folder>', 'write to files in a folder')
    .option('--release-name', "use the release's name in the folder of --output-dir");
  const parsed = parseCommand(command, { args, min: 1, max: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [first = '', second] = parsed.positionals;
  if (second !== undefined && flags.is('generateName')) {
    throw new CliError('cannot set --generate-name and also specify a name');
  }
  const name = second === undefined ? 'release-name' : first;
  const values = mergeValueLayers(await readValueFlags(flags));
  const chart = await findChart(second ?? first, flags);
  if (chart.metadata.deprecated === true) warn('this chart is deprecated');
  const rendered = renderChart(chart, {
    release: {
      name,
      namespace: flags.text('namespace') || process.env.DRYDOCK_NAMESPACE || process.env.HELM_NAMESPACE || 'default',
      revision: 1,
      isInstall: !flags.is('isUpgrade'),
      isUpgrade: flags.is('isUpgrade'),
    },
    values,
    capabilities: readCapabilities(flags),
    skipSchemaValidation: flags.is('skipSchemaValidation'),
  });
  for (const warning of rendered.warnings) warn(warning);
  const text = formatRendered(rendered, {
    includeCrds: flags.is('includeCrds') && !flags.is('skipCrds'),
    skipTests: flags.is('skipTests'),
    noHooks: !flags.is('hooks'),
    ...(flags.list('showOnly').length === 0 ? {} : { showOnly: flags.list('showOnly') }),
  });
  const folder = flags.text('outputDir');
  if (folder === undefined) writeOut(text);
  else writeManifests(text, flags.is('releaseName') ? join(folder, name) : folder);
}

/** As Helm's log writes it. */
function warn(message: string): void {
  writeErr(`level=WARN msg=${JSON.stringify(message)}\n`);
}

async function findChart(chart: string, flags: Flags): Promise<Chart> {
  if (isLocal(chart)) return loadChart(chart);
  checkRef(chart);
  const { withSession } = await import('./session.ts');
  const { pullChart } = await import('./pull.ts');
  const { archive } = await withSession(flags, (client) =>
    pullChart(client, { ref: chart, version: versionFlag(flags) }),
  );
  return loadArchive(archive);
}

function readCapabilities(flags: Flags): Capabilities {
  const version = flags.text('kubeVersion');
  const added = flags.list('apiVersions').flatMap((text) => text.split(','));
  return {
    ...defaultCapabilities,
    ...(version === undefined ? {} : { kubeVersion: parseKubeVersion(version) }),
    apiVersions: [...defaultCapabilities.apiVersions, ...added],
  };
}

/** Each document into the file that its `# Source:` names. */
function writeManifests(text: string, folder: string): void {
  const files = new Map<string, string>();
  for (const document of text.split(/^---\n/m)) {
    const source = /^# Source: (.+)$/m.exec(document)?.[1];
    if (source === undefined) continue;
    files.set(source, `${files.get(source) ?? ''}---\n${document}`);
  }
  for (const [source, content] of files) {
    const path = join(folder, ...source.split('/').filter((step) => step !== '..'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    process.stdout.write(`wrote ${path}\n`);
  }
}
