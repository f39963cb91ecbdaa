/**
 * Warm, in process: from values to sorted manifests, with templates compiled each time and with compiled templates
 * kept, beside Helm's SDK in the same run (built by Go, when there is one on the PATH).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type Chart,
  ChartError,
  createTemplateCache,
  loadChart,
  type RenderOptions,
  renderChart,
  type TemplateCache,
} from '@drydock/charts';
import { REPOSITORY } from '../support/repository.ts';
import { type BenchArguments, geometricMean, median, row } from './arguments.ts';

const MINIMUM_RUNS = 3;

/** Prints a line for each chart, and the geometric means. Charts that do not render are left out. */
export function benchWarm(args: BenchArguments): void {
  const helm = measureHelm(args);
  console.log(row(['warm: ms a render (median)', 'Helm SDK', 'Drydock', 'ratio', 'cached', 'ratio']));
  const ratios: [number, number][] = [];
  for (const path of args.charts) {
    const chart = loadChart(path);
    const cold = measure(chart, args.seconds);
    const cached = measure(chart, args.seconds, createTemplateCache());
    if (cold === undefined || cached === undefined) continue;
    const peer = helm.get(path);
    const ratio = (value: number): string => (peer === undefined ? '-' : (value / peer).toFixed(2));
    if (peer !== undefined) ratios.push([cold / peer, cached / peer]);
    const peerText = peer === undefined ? '-' : peer.toFixed(2);
    console.log(row([basename(path), peerText, cold.toFixed(2), ratio(cold), cached.toFixed(2), ratio(cached)]));
  }
  if (ratios.length === 0) return;
  const [cold, cached] = [0, 1].map((i) => geometricMean(ratios.map((pair) => pair[i] ?? 1)).toFixed(2));
  console.log(row(['geometric mean', '', '', cold ?? '', '', cached ?? '']));
}

/** The median of as many renders as fit into the time, in milliseconds; undefined for a chart that does not render. */
function measure(chart: Chart, seconds: number, cache?: TemplateCache): number | undefined {
  const release = { name: 'bench', namespace: 'default' };
  const options: RenderOptions = cache === undefined ? { release } : { release, cache };
  const times: number[] = [];
  try {
    for (const end = performance.now() + seconds * 1000; performance.now() < end || times.length < MINIMUM_RUNS; ) {
      const start = performance.now();
      renderChart(chart, options);
      times.push(performance.now() - start);
    }
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
  return median(times);
}

/** Helm's milliseconds for each chart; empty without Go. */
function measureHelm({ seconds, charts }: BenchArguments): ReadonlyMap<string, number> {
  const cache = join(REPOSITORY, 'node_modules/.cache/bench');
  const program = join(cache, 'helm-engine');
  try {
    mkdirSync(cache, { recursive: true });
    execFileSync('go', ['build', '-o', program, '.'], {
      cwd: join(REPOSITORY, 'test/bench/helm-engine'),
      stdio: 'pipe',
    });
  } catch (error) {
    console.error(`no SDK to compare with (it needs Go): ${error instanceof Error ? error.message : String(error)}`);
    return new Map();
  }
  const lines = execFileSync(program, [String(seconds), ...charts], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
  // The peer's own format.
  const results = lines.map((line) => JSON.parse(line) as { chart: string; milliseconds: number });
  return new Map(results.map(({ chart, milliseconds }) => [chart, milliseconds]));
}
