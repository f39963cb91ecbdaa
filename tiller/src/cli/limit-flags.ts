/** The flags that say where rendering ends, and the variables for those that are not given. */
import { type Limits, parseLimits } from '@drydock/charts';
import type { Flags } from './command.ts';
import type { FlagSpec } from './go-flags.ts';

export const LIMIT_FLAGS: readonly FlagSpec[] = [
  { name: 'max-render-output', kind: 'string', help: 'bytes that the templates of a chart may make (default 64Mi)' },
  { name: 'max-render-steps', kind: 'string', help: 'steps that the templates of a chart may take (default 100M)' },
  { name: 'max-render-depth', kind: 'string', help: 'how deep templates may nest (default 5000)' },
];

/** Throws ChartError. */
export function readLimits(flags: Flags): Limits {
  const { env } = process;
  return parseLimits({
    output: flags.text('maxRenderOutput') ?? env.DRYDOCK_MAX_RENDER_OUTPUT,
    steps: flags.text('maxRenderSteps') ?? env.DRYDOCK_MAX_RENDER_STEPS,
    depth: flags.text('maxRenderDepth') ?? env.DRYDOCK_MAX_RENDER_DEPTH,
  });
}

/** The limit flags that a command line has. */
export function givenLimits(flags: Flags): readonly string[] {
  const names = ['maxRenderOutput', 'maxRenderSteps', 'maxRenderDepth'];
  return LIMIT_FLAGS.filter((_, i) => flags.text(names[i] ?? '') !== undefined).map(({ name }) => `--${name}`);
}
