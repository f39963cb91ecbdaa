/**
 * How long a render takes, warm and in process: from values to sorted manifests, with templates compiled each time and
 * with compiled templates kept, beside Helm's SDK in the same run (built by Go, when there is one on the PATH).
 * A program of its own: `npm run bench:render -- [--seconds S] CHART...`; without charts, the bookshop.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Chart, createTemplateCache, loadChart, renderChart, type TemplateCache } from '@drydock/charts';

// The program runs from dist/bench.
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BOOKSHOP = join(ROOT, 'charts/examples/bookshop');
const MINIMUM_RUNS = 3;

interface Arguments {
  readonly seconds: number;
  readonly charts: readonly string[];
}

function readArguments(args: readonly string[]): Arguments {
  let seconds = 2;
  const charts: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--seconds') seconds = Number(args[++i]);
    // npm runs scripts in the package's folder, and tells where it was called.
    else charts.push(isAbsolute(arg) ? arg : resolve(process.env.INIT_CWD ?? '.', arg));
  }
  return { seconds, charts: charts.length === 0 ? [BOOKSHOP] : charts };
}

/** The median of as many renders as fit into the time, in milliseconds. */
function measure(chart: Chart, seconds: number, cache?: TemplateCache): number {
  const release = { name: 'bench', namespace: 'default' };
  const options = cache === undefined ? { release } : { release, cache };
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end || times.length < MINIMUM_RUNS; ) {
    const start = performance.now();
    renderChart(chart, options);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] ?? 0;
}

/** Helm's milliseconds for each chart; empty without Go. */
function measureHelm({ seconds, charts }: Arguments): ReadonlyMap<string, number> {
  const cache = join(ROOT, 'node_modules/.cache/bench');
  const program = join(cache, 'helm-engine');
  try {
    mkdirSync(cache, { recursive: true });
    execFileSync('go', ['build', '-o', program, '.'], { cwd: join(ROOT, 'test/bench/helm-engine'), stdio: 'pipe' });
  } catch (error) {
    console.error(`no peer to compare with (it needs Go): ${error instanceof Error ? error.message : String(error)}`);
    return new Map();
  }
  const lines = execFileSync(program, [String(seconds), ...charts], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return new Map(
    lines.map((line) => {
      // The peer's own format.
      const { chart, milliseconds } = JSON.parse(line) as { chart: string; milliseconds: number };
      return [chart, milliseconds];
    }),
  );
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(12))).join('');
}

const args = readArguments(process.argv.slice(2));
const helm = measureHelm(args);
console.log(row(['ms a render (median)', 'Helm SDK', 'Drydock', 'ratio', 'cached', 'ratio']));
const ratios: [number, number][] = [];
for (const path of args.charts) {
  const chart = loadChart(path);
  const cold = measure(chart, args.seconds);
  const cached = measure(chart, args.seconds, createTemplateCache());
  const peer = helm.get(path);
  const ratio = (value: number): string => (peer === undefined ? '-' : (value / peer).toFixed(2));
  if (peer !== undefined) ratios.push([cold / peer, cached / peer]);
  const peerText = peer === undefined ? '-' : peer.toFixed(2);
  console.log(row([basename(path), peerText, cold.toFixed(2), ratio(cold), cached.toFixed(2), ratio(cached)]));
}
if (ratios.length > 0) {
  const means = [0, 1].map((i) => geometricMean(ratios.map((pair) => pair[i] ?? 1)).toFixed(2));
  console.log(row(['geometric mean of the ratios', '', '', means[0] ?? '', '', means[1] ?? '']));
}
