/**
 * Records a corpus that render-corpus.ts compares with: charts, and what a real helm on the PATH prints for them.
 * A program of its own: `npm run conformance:record -- CHARTS... [--values FILE]... [--out FOLDER]`. Each chart, a
 * folder or a package, is rendered with its own values, with each file of its `ci` folder and with each FILE. Helm runs
 * twice; what differs between the runs (random passwords, certificates, times) is recorded as lines to leave out.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Chart, ChartError, loadChart } from '@drydock/charts';
import type { CorpusCase } from './render-corpus.ts';

/** Times are written by the second: two runs are further apart than that. */
const MILLISECONDS_BETWEEN_RUNS = 1100;
/** Most that Helm may print. */
const OUTPUT_BYTES = 256 * 1024 * 1024;

/** What is to be rendered: paths are relative to the corpus and have forward slashes. */
interface PlannedCase {
  readonly chart: string;
  readonly case: string;
  readonly values?: string;
}

interface Outcome {
  readonly isSuccess: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RecordOptions {
  /** Folders or packages. */
  readonly charts: readonly string[];
  /** Value files, each a case of every chart. */
  readonly values: readonly string[];
  /** The folder to make; it must not be there yet, or hold nothing but an earlier corpus. */
  readonly out: string;
}

/** Copies the charts into a corpus, runs Helm, and writes the answers. Gives the cases. */
export async function recordCorpus(options: RecordOptions): Promise<CorpusCase[]> {
  const { out } = options;
  if (existsSync(out) && !existsSync(join(out, 'cases.jsonl'))) {
    throw new Error(`${out} is there and is no corpus: name another folder with --out`);
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const names = new Set<string>();
  const planned = options.charts.flatMap((path) => planChart(out, path, { names, values: options.values }));
  const started = Date.now();
  const first = await runAll(out, planned);
  const wait = MILLISECONDS_BETWEEN_RUNS - (Date.now() - started);
  if (wait > 0) await new Promise((done) => setTimeout(done, wait));
  const second = await runAll(out, planned);
  const cases = planned.flatMap((item, index) => {
    const [a, b] = [first[index], second[index]];
    return a === undefined || b === undefined ? [] : writeAnswer(out, item, [a, b]);
  });
  writeFileSync(join(out, 'cases.jsonl'), cases.map((item) => `${JSON.stringify(item)}\n`).join(''));
  return cases;
}

/** Copies a chart and its value files into the corpus. */
function planChart(
  out: string,
  path: string,
  options: { readonly names: Set<string>; readonly values: readonly string[] },
): PlannedCase[] {
  const isFolder = statSync(path).isDirectory();
  const chart = readChart(path);
  const name = chart === undefined ? basename(path, '.tgz') : `${chart.metadata.name}-${chart.metadata.version}`;
  const stem = freeName(name, options.names);
  const target = isFolder ? stem : `${stem}.tgz`;
  cpSync(path, join(out, target), { recursive: true, dereference: true });
  const answers = `${stem}.cases`;
  mkdirSync(join(out, answers));
  const planned: PlannedCase[] = [{ chart: target, case: 'default' }];
  const caseNames = new Set(['default']);
  const plan = (file: string, write: (to: string) => void): void => {
    const name = freeName(basename(file, extname(file)), caseNames);
    const values = posix.join(answers, `${name}.values.yaml`);
    write(join(out, values));
    planned.push({ chart: target, case: name, values });
  };
  if (chart === undefined) return planned;
  for (const { name, data } of ciValues(chart)) plan(name, (to) => writeFileSync(to, data));
  for (const file of options.values) plan(file, (to) => copyFileSync(file, to));
  return planned;
}

/** A chart; nothing where it cannot be read: what Helm says of that is an answer to record like any other. */
function readChart(path: string): Chart | undefined {
  try {
    return loadChart(path);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    return undefined;
  }
}

/** The value files that a chart brings for its own tests, as chart-testing finds them. */
function ciValues(chart: Chart): Chart['raw'] {
  return chart.raw.filter(({ name }) => /^ci\/[^/]+\.ya?ml$/.test(name));
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
  taken.add(name);
  return name;
}

/** Runs Helm for all cases, as many at a time as there are processors; outcomes in the order of the cases. */
async function runAll(out: string, planned: readonly PlannedCase[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < planned.length) {
      const index = next++;
      const item = planned[index];
      if (item !== undefined) outcomes[index] = await runHelm(out, item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), planned.length) }, work));
  return outcomes;
}

function runHelm(out: string, item: PlannedCase): Promise<Outcome> {
  // A path of one part would be looked up in repositories first.
  const args = ['template', 'rel', `./${item.chart}`, '-n', 'demo', '--include-crds'];
  if (item.values !== undefined) args.push('-f', item.values);
  return new Promise((done, fail) => {
    execFile('helm', args, { cwd: out, maxBuffer: OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') fail(new Error('helm does not run', { cause: error }));
      else done({ isSuccess: error === null, stdout, stderr });
    });
  });
}

/** Writes what two runs gave; nothing for a case whose runs cannot be compared line by line. */
function writeAnswer(out: string, item: PlannedCase, [first, second]: readonly [Outcome, Outcome]): CorpusCase[] {
  const base = posix.join(posix.dirname(item.values ?? `${item.chart.replace(/\.tgz$/, '')}.cases/-`), item.case);
  if (first.isSuccess !== second.isSuccess) return skip(item, 'it does not fail every time');
  if (!first.isSuccess) {
    const error = `${base}.err`;
    writeFileSync(join(out, error), first.stderr);
    return [{ ...item, deterministic: first.stderr === second.stderr, error }];
  }
  const [a, b] = [first.stdout.split('\n'), second.stdout.split('\n')];
  if (a.length !== b.length) return skip(item, 'it prints another number of lines each time');
  const golden = `${base}.yaml.gz`;
  writeFileSync(join(out, golden), gzipSync(first.stdout, { level: 9 }));
  const maskLines = a.flatMap((line, index) => (line === b[index] ? [] : [index + 1]));
  const deterministic = maskLines.length === 0;
  return [{ ...item, deterministic, golden, ...(deterministic ? {} : { maskLines }) }];
}

function skip(item: PlannedCase, reason: string): CorpusCase[] {
  console.error(`left out: ${item.chart} ${item.case}: ${reason}`);
  return [];
}

function readArguments(args: readonly string[]): RecordOptions {
  // npm runs scripts in the package's folder, and tells where it was called.
  const from = (path: string): string => (isAbsolute(path) ? path : resolve(process.env.INIT_CWD ?? '.', path));
  const charts: string[] = [];
  const values: string[] = [];
  let out = from('corpus');
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const next = (): string => {
      const value = args[++i];
      if (value === undefined) throw new Error(`${arg} needs a value`);
      return from(value);
    };
    if (arg === '--values' || arg === '-f') values.push(next());
    else if (arg === '--out') out = next();
    else if (arg.startsWith('-')) throw new Error(`unknown option ${arg}`);
    else charts.push(from(arg));
  }
  if (charts.length === 0) throw new Error('no charts');
  for (const chart of charts) {
    if (!relative(chart, out).startsWith('..')) throw new Error(`${out} lies in the chart ${dirname(chart)}`);
  }
  return { charts, values, out };
}

async function main(args: readonly string[]): Promise<number> {
  let options: RecordOptions;
  try {
    options = readArguments(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('usage: record-corpus CHARTS... [--values FILE]... [--out FOLDER]');
    return 2;
  }
  try {
    const cases = await recordCorpus(options);
    const failing = cases.filter((item) => item.error !== undefined).length;
    const deterministic = cases.filter((item) => item.deterministic).length;
    console.log(`${cases.length} cases in ${options.out}: ${deterministic} deterministic, ${failing} where helm fails`);
    return 0;
  } catch (error) {
    if (!(error instanceof ChartError || (error instanceof Error && error.message.includes('helm')))) throw error;
    console.error(error.message);
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
