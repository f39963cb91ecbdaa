/** The memory of a process that renders many releases of mixed charts. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchArguments } from './arguments.ts';

const RENDER_MANY = fileURLToPath(new URL('./render-many.js', import.meta.url));

/** What render-many prints. */
export interface Memory {
  readonly renders: number;
  readonly peakMiB: number;
}

/** Prints the peak of the resident memory. */
export function benchMemory({ charts, renders }: BenchArguments): void {
  const output = execFileSync(process.execPath, [RENDER_MANY, String(renders), ...charts], { encoding: 'utf8' });
  // This program's own format.
  const { peakMiB } = JSON.parse(output) as Memory;
  console.log(`memory: ${renders} renders of ${charts.length} charts in one process: peak ${peakMiB.toFixed(0)} MiB`);
}
