/**
 * drydock template [NAME] CHART: a drop-in for `helm template` v4.3, without a server unless one is asked for. What is
 * done in which order, and so which of several errors is told, follows pkg/cmd/template.go and install.go.
 */
import {
  type Chart,
  ChartError,
  checkReleaseName,
  defaultCapabilities,
  FunctionError,
  formatRendered,
  mergeValueLayers,
  parseKubeVersion,
  type Rendered,
  type RenderOptions,
  renderChart,
  renderFiles,
  type Warning,
} from '@drydock/charts';
import { isCliError } from './cli-error.ts';
import { checkExclusive, formatFlags, type GoFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { isDebug, logLine, logVersion } from './helm-log.ts';
import { helmNamespace } from './helm-namespace.ts';
import { readLimits } from './limit-flags.ts';
import { type LocatedChart, locateChart } from './locate-chart.ts';
import { createSchemaReferences } from './schema-files.ts';
import { TEMPLATE_FLAGS, TEMPLATE_GROUPS } from './template-flags.ts';
import { readValues } from './value-files.ts';
import { writeErr, writeOut } from './write-out.ts';

const USAGE = 'drydock template [NAME] [CHART] [flags]';

/** Errors that Helm reports with a hint, since it has made the release by then. */
const RENDER_ERRORS: ReadonlySet<string> = new Set(['RenderFailed', 'InvalidManifest']);
const DEBUG_HINT = '\n\nUse --debug flag to render out invalid YAML';

/** Failures that Helm also logs. */
const LOGGED = /^(release name check failed|chart dependencies processing failed): (.*)$/s;

const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

export async function run(args: readonly string[]): Promise<void> {
  const { flags, positionals, notices, wantsHelp } = parseGoFlags(TEMPLATE_FLAGS, args);
  for (const notice of notices) writeErr(`${notice}\n`);
  if (wantsHelp) {
    writeOut(`Renders a chart locally and prints the manifests.\n\nUsage:\n  ${USAGE}\n\nFlags:\n`);
    writeOut(formatFlags(TEMPLATE_FLAGS));
    return;
  }
  if (positionals.length === 0) {
    throw verbatim(`"drydock template" requires at least 1 argument\n\nUsage:  ${USAGE}`);
  }
  checkExclusive(flags, TEMPLATE_GROUPS);
  await template(positionals, flags).catch(async (error: unknown) => {
    if (!(error instanceof ChartError)) throw error;
    // What came on stdin is gone.
    if (isTooDeep(error) && !flags.list('values').includes('-') && (await startOver())) return;
    const [, message, reason = ''] = LOGGED.exec(error.message) ?? [];
    if (message !== undefined) logLine('ERROR', message, { error: reason });
    // Helm's own text, which is part of what `helm template` prints.
    const hint = hasRelease(error) && !isDebug(flags) ? DEBUG_HINT : '';
    throw verbatim(`${error.message}${hint}`, error.code);
  });
}

/** Node's own stack holds some 600 templates inside each other. */
function isTooDeep(error: ChartError): boolean {
  return error.message.includes('nested too deeply for the stack') && !process.execArgv.some(isStackFlag);
}

function isStackFlag(flag: string): boolean {
  return flag.startsWith('--stack-size');
}

/** Runs the command line again in a process with a larger stack; false where the system has none. */
async function startOver(): Promise<boolean> {
  const { spawnSync } = await import('node:child_process');
  const script = 'case $(ulimit -s) in unlimited|[89]???|?????*) exec "$@" ;; esac; exit 97';
  const command = [process.execPath, '--stack-size=3900', ...process.argv.slice(1)];
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', ...command], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === null || status === 97) return false;
  process.exitCode = status;
  return true;
}

async function template(positionals: readonly string[], flags: GoFlags): Promise<void> {
  const kubeVersion = flags.text('kubeVersion') ?? '';
  const capabilities = {
    ...defaultCapabilities,
    ...(kubeVersion === '' ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
    apiVersions: [...defaultCapabilities.apiVersions, ...flags.list('apiVersions')],
  };
  const onServer = readDryRun(flags) === 'server' || flags.is('validate');
  const postRender = await readPostRenderer(flags);
  const { name, chart: ref } = await nameAndChart(positionals, flags);
  logVersion(flags, 'Original');
  const located = await locateChart(ref, flags);
  if (isDebug(flags) && located.path !== undefined) logLine('DEBUG', 'Chart path', { path: located.path });
  const values = mergeValueLayers(await readValues(flags, flags.list('values')));
  const chart = await loadWhole(located, flags);
  const namespace = await helmNamespace(flags);
  const isUpgrade = flags.is('isUpgrade');
  const schemas = createSchemaReferences();
  const options: RenderOptions = {
    release: { name, namespace, revision: 1, isInstall: !isUpgrade, isUpgrade },
    values,
    capabilities,
    skipSchemaValidation: flags.is('skipSchemaValidation'),
    limits: readLimits(flags),
    ...(postRender === undefined ? {} : { postRender }),
    warn: logWarning,
    debug: isDebug(flags),
    schemaFiles: schemas.read,
  };
  try {
    const rendered = await schemas.settle((isAgain) => {
      const given = isAgain ? { ...options, warn: () => {} } : options;
      return onServer ? renderOnServer(chart, given, flags) : render(chart, given, flags);
    });
    checkLabels(flags);
    await print(rendered, { name, flags });
  } catch (error) {
    if (isDebug(flags) && error instanceof ChartError && RENDER_ERRORS.has(error.code)) {
      await printInvalid(chart, { options, error });
    }
    throw error;
  }
}

function hasRelease({ code, message }: ChartError): boolean {
  return RENDER_ERRORS.has(code) || message.startsWith('chart requires kubeVersion');
}

async function render(chart: Chart, options: RenderOptions, flags: GoFlags): Promise<Rendered> {
  if (!flags.is('enableDns')) return renderChart(chart, options);
  const { renderAsking } = await import('./asked-render.ts');
  return renderAsking(
    withQuiet((known) => renderChart(chart, { ...options, ...known })),
    { withDns: true },
  );
}

/** With the capabilities and objects of a cluster, which is then asked what it thinks of each object. */
async function renderOnServer(chart: Chart, options: RenderOptions, flags: GoFlags): Promise<Rendered> {
  const { renderWithCluster } = await import('./template-server.ts');
  return renderWithCluster(
    { isUpgrade: options.release.isUpgrade === true, ...options.release },
    {
      flags,
      prepare() {
        checkReleaseName(options.release.name);
        if (flags.is('skipCrds') || !hasCrds(chart)) return;
        logLine(
          'WARN',
          'This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.',
        );
      },
      lookupError: (message) => new FunctionError(message),
      render: withQuiet((known) => renderChart(chart, { ...options, ...known })),
    },
  );
}

function hasCrds(chart: Chart): boolean {
  return chart.files.some(({ name }) => /^crds\/.*\.(?:ya?ml|json)$/i.test(name)) || chart.dependencies.some(hasCrds);
}

async function print(rendered: Rendered, { name, flags }: { name: string; flags: GoFlags }): Promise<void> {
  const folder = flags.text('outputDir') ?? '';
  const choice = {
    includeCrds: flags.is('includeCrds'),
    skipTests: flags.is('skipTests'),
    noHooks: flags.is('noHooks'),
    ...(flags.list('showOnly').length === 0 ? {} : { showOnly: flags.list('showOnly') }),
  };
  if (folder === '') {
    writeOut(formatRendered(rendered, choice));
    return;
  }
  const { writeHooks, writeManifests } = await import('./write-manifests.ts');
  const output = { folder, releaseName: flags.is('releaseName') ? name : undefined };
  try {
    writeManifests(rendered, { ...output, includeCrds: choice.includeCrds });
  } catch (error) {
    // Helm writes these while it renders.
    if (!isCliError(error) || isDebug(flags)) throw error;
    throw verbatim(`${error.message}${DEBUG_HINT}`, error.code);
  }
  const hooks = rendered.hooks.filter((hook) => !(choice.skipTests && hook.events.includes('test')));
  if (!choice.noHooks) writeHooks(hooks, output);
  const nothing: Rendered = { ...EMPTY, values: new Map() };
  writeOut(formatRendered(nothing, { ...choice, includeCrds: false }));
}

/** What is left for stdout when all has gone to files. */
const EMPTY = { manifests: [], hooks: [], notes: '', crds: [], crdFiles: [] };

/** With --debug, what is wrong is printed all the same. */
async function printInvalid(chart: Chart, about: { options: RenderOptions; error: ChartError }): Promise<void> {
  if (about.error.code === 'RenderFailed') {
    writeOut('\n');
    return;
  }
  const files = [...renderFiles(chart, about.options)].filter(
    ([name, text]) => !name.endsWith('NOTES.txt') && text.trim() !== '',
  );
  const text = files.map(([name, content]) => `---\n# Source: ${name}\n${content}\n`).join('');
  writeOut(`${text.trim()}\n`);
}

function readDryRun(flags: GoFlags): 'client' | 'server' {
  const mode = flags.text('dryRun') ?? 'client';
  if (mode === 'client' || mode === 'server') return mode;
  if (mode === 'unset') {
    logLine('WARN', "--dry-run is deprecated and should be replaced with '--dry-run=client'");
    return 'client';
  }
  const quoted = JSON.stringify(mode);
  if (/^(?:1|t|T|TRUE|true|True)$/.test(mode)) {
    logLine('WARN', `boolean '--dry-run=${mode}' flag is deprecated and must be replaced with '--dry-run=client'`);
    return 'client';
  }
  const isFalse = /^(?:none|0|f|F|FALSE|false|False)$/.test(mode);
  const allowed = isFalse ? '"server" or "client"' : '"none", "server", or "client"';
  throw verbatim(`invalid dry-run value (${quoted}). Must be ${allowed}`);
}

async function readPostRenderer(flags: GoFlags): Promise<RenderOptions['postRender']> {
  const wait = flags.text('wait');
  if (wait === 'true' || wait === 'false') {
    const strategy = wait === 'true' ? 'watcher' : 'hookOnly';
    logLine('WARN', `--wait=${wait} is deprecated (boolean value) and can be replaced with --wait=${strategy}`);
  }
  const program = flags.text('postRenderer') ?? '';
  if (program === '') return undefined;
  const { createPostRenderer } = await import('./post-render.ts');
  return createPostRenderer(program, flags.list('postRendererArgs'));
}

/** Helm gives every release of a template without a name the same one, with --generate-name, too. */
async function nameAndChart(args: readonly string[], flags: GoFlags): Promise<{ name: string; chart: string }> {
  const [first = '', second, ...rest] = args;
  const nameTemplate = flags.text('nameTemplate') ?? '';
  if (rest.length > 0) throw verbatim(`expected at most two arguments, unexpected arguments: ${rest.join(', ')}`);
  if (second !== undefined) {
    if (flags.is('generateName')) throw verbatim('cannot set --generate-name and also specify a name');
    if (nameTemplate !== '') throw verbatim('cannot set --name-template and also specify a name');
    return { name: first, chart: second };
  }
  if (nameTemplate === '') return { name: 'release-name', chart: first };
  const { renderName } = await import('./name-template.ts');
  return { name: renderName(nameTemplate), chart: first };
}

/** The chart with its dependencies, which are brought where that is asked for. */
async function loadWhole(located: LocatedChart, flags: GoFlags): Promise<Chart> {
  const chart = located.load();
  logLoading(chart);
  if (chart.metadata.deprecated === true && (chart.metadata.type ?? 'application') !== 'library') {
    logLine('WARN', 'this chart is deprecated');
  }
  if (!flags.is('dependencyUpdate') || located.path === undefined) return chart;
  const present = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  if ((chart.metadata.dependencies ?? []).every(({ name }) => present.has(name))) return chart;
  const { updateDependencies } = await import('./dependency-update.ts');
  await updateDependencies(located.path, flags);
  return located.load();
}

function logWarning({ level, message, attributes }: Warning): void {
  logLine(level, message, attributes);
}

/** For a chart that is rendered again with what it asked for: it is warned of once. */
function withQuiet(act: (known: Partial<RenderOptions>) => Rendered): (known: Partial<RenderOptions>) => Rendered {
  let isFirst = true;
  return (known) => {
    const quiet = isFirst ? {} : { warn: () => {} };
    isFirst = false;
    return act({ ...known, ...quiet });
  };
}

/** Helm's log of what it finds while it loads a chart and its subcharts. */
function logLoading(chart: Chart): void {
  for (const warning of chart.warnings) logLine('INFO', warning);
  for (const subchart of chart.dependencies) logLoading(subchart);
}

function checkLabels(flags: GoFlags): void {
  const keys = flags.list('labels').map((pair) => pair.split('=', 1)[0] ?? '');
  if (!keys.some((key) => SYSTEM_LABELS.includes(key))) return;
  throw verbatim(
    `user supplied labels contains system reserved label name. System labels: [${SYSTEM_LABELS.join(' ')}]`,
  );
}
