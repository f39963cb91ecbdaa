/**
 * The memory of a process that renders many releases of mixed charts as the server does, with what the engine keeps of their templates. A
 * process of its own, so that nothing else counts: `node memory.js RENDERS CHART...` prints a line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ChartError, loadChart, renderChart } from '@drydock/charts';
import { keepHeapSmall } from '@drydock/tiller';
import type { BenchArguments } from './arguments.ts';

const SELF = fileURLToPath(import.meta.url);

interface Memory {
  readonly renders: number;
  readonly peakMiB: number;
}

/** Prints the peak of the resident memory. */
export function benchMemory({ charts, renders }: BenchArguments): void {
  const output = execFileSync(process.execPath, [SELF, String(renders), ...charts], { encoding: 'utf8' });
  // This program's own format.
  const { peakMiB } = JSON.parse(output) as Memory;
  console.log(`memory: ${renders} renders of ${charts.length} charts in one process: peak ${peakMiB.toFixed(0)} MiB`);
}

function renderMany(count: number, charts: readonly string[]): Memory {
  keepHeapSmall();
  for (let i = 0; i < count; i++) {
    try {
      // The chart is read each time, as releases come with their archives.
      const chart = loadChart(charts[i % charts.length] ?? '');
      renderChart(chart, { release: { name: `release-${i}`, namespace: 'default' } });
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
    }
  }
  return { renders: count, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

if (process.argv[1] === SELF) {
  const [renders, ...charts] = process.argv.slice(2);
  console.log(JSON.stringify(renderMany(Number(renders), charts)));
}
