/**
 * Renders template cases (see the README beside them: one case a line, with what Helm's engine gave) in this process
 * and compares. A program of its own: `npm run conformance:templates -- FILE.jsonl... [--failures FILE]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Chart,
  ChartError,
  type ChartFile,
  chartFromFiles,
  defaultCapabilities,
  defaultLimits,
  formatRendered,
  mergeValueLayers,
  parseKubeVersion,
  type RenderOptions,
  renderChart,
  renderFiles,
} from '@drydock/charts';

/** A case: a chart called `conf` with a template, and the output or the error of Helm's engine. */
export interface TemplateCase {
  readonly id: string;
  readonly template?: string;
  readonly templates?: Readonly<Record<string, string>>;
  readonly values?: string;
  readonly overrides?: string;
  /** As `--set` and `--set-string` give them. */
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly files_b64?: Readonly<Record<string, string>>;
  readonly release?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly revision?: number;
    readonly isUpgrade?: boolean;
  };
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly strict?: boolean;
  readonly lint?: boolean;
  /** What is compared is the text that `helm template --include-crds` prints, with what each hook says, and the notes. */
  readonly whole?: boolean;
  /** Steps after which the render is refused, where not the default. */
  readonly steps?: number;
  readonly output?: string;
  readonly output_b64?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly outputs_b64?: Readonly<Record<string, string>>;
  readonly error?: string;
}

export interface TemplateResult {
  readonly id: string;
  readonly isEqual: boolean;
  /** True where it differs only as the render ended at a limit of its own, of which Helm has none. */
  readonly isLimit?: boolean;
  /** What was wanted and what came, each shown as JSON. */
  readonly detail: string;
}

const CHART_YAML = [
  'apiVersion: v2',
  'name: conf',
  'version: 1.2.3',
  'appVersion: "4.5.6"',
  'description: conformance chart',
  'type: application',
  '',
].join('\n');

const MAIN = 'templates/case.yaml';

/** The cases of a file, one a line. */
export function readTemplateCases(file: string): TemplateCase[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TemplateCase);
}

/** Renders a case and compares it. An error that is no error of the chart is a failure with its stack. */
export function checkTemplateCase(item: TemplateCase): TemplateResult {
  const { id, error: wanted } = item;
  try {
    const files = renderCase(item);
    if (wanted !== undefined) return unequal(id, `error ${wanted}`, [...files]);
    return compareFiles(item, files);
  } catch (error) {
    if (!(error instanceof ChartError)) {
      return unequal(id, wanted ?? 'an output', error instanceof Error ? error.stack : error);
    }
    if (wanted !== undefined && wellFormed(error.message) === wanted) return { id, isEqual: true, detail: '' };
    return { ...unequal(id, wanted ?? 'an output', error.message), isLimit: namesLimit(error.message) };
  }
}

/** Whether an error says which limit of a render was met, and how it is set. */
function namesLimit(message: string): boolean {
  return /\(--max-render-[a-z]+\)$/.test(message);
}

/** Cases are JSON, which has U+FFFD for each byte that is not valid UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/(?<![\ud800-\udbff])[\udc80-\udcff]/g, '\ufffd');
}

function unequal(id: string, want: unknown, got: unknown): TemplateResult {
  return { id, isEqual: false, detail: `want ${JSON.stringify(want)}, got ${JSON.stringify(got)}` };
}

function renderCase(item: TemplateCase): ReadonlyMap<string, string> {
  const options: RenderOptions = {
    release: { name: 'rel', namespace: 'ns', ...item.release },
    values: mergeValueLayers({
      ...(item.overrides === undefined ? {} : { files: [{ name: 'overrides.yaml', text: item.overrides }] }),
      set: item.set ?? [],
      setString: item.setString ?? [],
    }),
    capabilities: {
      ...defaultCapabilities,
      apiVersions: [...defaultCapabilities.apiVersions, ...(item.apiVersions ?? [])],
      ...(item.kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(item.kubeVersion) }),
    },
    ...(item.strict === undefined ? {} : { strict: item.strict }),
    ...(item.lint === undefined ? {} : { lintMode: item.lint }),
    ...(item.steps === undefined ? {} : { limits: { ...defaultLimits, steps: item.steps } }),
  };
  const chart = chartFromFiles(chartFiles(item));
  return item.whole === true ? renderWhole(chart, options) : renderFiles(chart, options);
}

function renderWhole(chart: Chart, options: RenderOptions): ReadonlyMap<string, string> {
  const rendered = renderChart(chart, options);
  const manifests = formatRendered(rendered, { includeCrds: true, noHooks: true });
  const hooks = rendered.hooks.map(({ source, text, events, weight, deletePolicies, outputLogPolicies }) => {
    const lists = [events, deletePolicies, outputLogPolicies].map((list) => `[${list.join(' ')}]`);
    return `---\n# Source: ${source}\n${text}\n# ${lists[0]} ${weight} ${lists[1]} ${lists[2]}\n`;
  });
  return new Map([
    ['', manifests + hooks.join('')],
    ['NOTES.txt', rendered.notes],
  ]);
}

/** The files of a case's chart; one that a case gives itself replaces the default. */
function chartFiles(item: TemplateCase): ChartFile[] {
  const files = new Map<string, Uint8Array>([['Chart.yaml', Buffer.from(CHART_YAML)]]);
  if (item.values !== undefined) files.set('values.yaml', Buffer.from(item.values));
  if (item.template !== undefined) files.set(MAIN, Buffer.from(item.template));
  for (const [name, text] of Object.entries(item.templates ?? {})) files.set(name, Buffer.from(text));
  for (const [name, text] of Object.entries(item.files ?? {})) files.set(name, Buffer.from(text));
  for (const [name, text] of Object.entries(item.files_b64 ?? {})) files.set(name, Buffer.from(text, 'base64'));
  return [...files].map(([name, data]) => ({ name, data }));
}

function compareFiles(item: TemplateCase, files: ReadonlyMap<string, string>): TemplateResult {
  const wanted = wantedFiles(item);
  const isWhole = item.outputs !== undefined || item.outputs_b64 !== undefined;
  const names = isWhole ? new Set([...wanted.keys(), ...files.keys()]) : wanted.keys();
  for (const name of names) {
    const want = wanted.get(name);
    const got = files.get(name);
    if (want === undefined || got === undefined || !want.equals(textBytes(got))) {
      return unequal(item.id, want?.toString(), got);
    }
  }
  return { id: item.id, isEqual: true, detail: '' };
}

function wantedFiles(item: TemplateCase): Map<string, Buffer> {
  const wanted = new Map<string, Buffer>();
  const main = `conf/${MAIN}`;
  if (item.output !== undefined) wanted.set(main, Buffer.from(item.output));
  if (item.output_b64 !== undefined) wanted.set(main, Buffer.from(item.output_b64, 'base64'));
  for (const [name, text] of Object.entries(item.outputs ?? {})) wanted.set(name, Buffer.from(text));
  for (const [name, text] of Object.entries(item.outputs_b64 ?? {})) wanted.set(name, Buffer.from(text, 'base64'));
  return wanted;
}

/** A rendered text as bytes: those that are not valid UTF-8 are lone surrogates U+DC80..U+DCFF in it. */
function textBytes(text: string): Buffer {
  const parts = text.split(/(?<![\ud800-\udbff])([\udc80-\udcff])/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from([part.charCodeAt(0) & 0xff]))),
  );
}

function main(args: readonly string[]): number {
  const files: string[] = [];
  let failuresFile: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--failures') failuresFile = args[++i];
    else files.push(arg);
  }
  if (files.length === 0) {
    console.error('usage: templates FILE.jsonl... [--failures FILE]');
    return 2;
  }
  const from = (file: string) => (isAbsolute(file) ? file : resolve(process.env.INIT_CWD ?? '.', file));
  const results = files.flatMap((file) => readTemplateCases(from(file)).map(checkTemplateCase));
  const failures = results.filter((result) => !result.isEqual);
  const lines = failures.map(({ id, detail }) => `${id}\t${detail}\n`);
  if (failuresFile === undefined)
    process.stdout.write(lines.map((line) => `${line.slice(0, 400).trimEnd()}\n`).join(''));
  else writeFileSync(from(failuresFile), lines.join(''));
  console.log(`${results.length - failures.length}/${results.length} equal`);
  return failures.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
