/** Where hostile templates end, and how people write that down. */
import { ChartError } from '../chart/chart-error.ts';
import type { Limits } from '../engine/engine.ts';

/**
 * All files of a chart together: 64 MiB of output, where the largest public charts make 5, and 100 million steps (seconds);
 * and deeper than the 1000 that Helm allows an include of one name.
 */
export const defaultLimits: Limits = { outputBytes: 64 * 1024 * 1024, steps: 100_000_000, depth: 5000 };

/** Limits as flags and variables give them; those absent or empty are the default's. */
export interface LimitTexts {
  readonly output?: string | undefined;
  readonly steps?: string | undefined;
  readonly depth?: string | undefined;
}

/** Reads limits: whole numbers from 1 up, with `K`, `M`, `G` (1000) or `Ki`, `Mi`, `Gi` (1024). Throws ChartError. */
export function parseLimits(texts: LimitTexts): Limits {
  return {
    outputBytes: parseCount('output', texts.output) ?? defaultLimits.outputBytes,
    steps: parseCount('steps', texts.steps) ?? defaultLimits.steps,
    depth: parseCount('depth', texts.depth) ?? defaultLimits.depth,
  };
}

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1000],
  ['M', 1000 ** 2],
  ['G', 1000 ** 3],
  ['Ki', 1024],
  ['Mi', 1024 ** 2],
  ['Gi', 1024 ** 3],
]);

function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMG]i?)?$/.exec(text) ?? [];
  const count = Number(digits) * (FACTORS.get(unit) ?? 1);
  if (count >= 1 && Number.isSafeInteger(count)) return count;
  const message = `the limit "${text}" of --max-render-${name} is not a whole number from 1 up, such as 1000 or 256Mi`;
  throw new ChartError('InvalidValues', message);
}
