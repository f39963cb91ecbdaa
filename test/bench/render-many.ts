/**
 * Renders many releases of mixed charts as the server does, with what the engine keeps of their templates. A program of
 * its own, so that nothing else counts: `node render-many.js RENDERS CHART...` prints a line of JSON.
 */
import { ChartError, loadChart, renderChart } from '@drydock/charts';
import { keepHeapSmall } from '@drydock/tiller';
import type { Memory } from './memory.ts';

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

const [renders, ...charts] = process.argv.slice(2);
console.log(JSON.stringify(renderMany(Number(renders), charts)));
