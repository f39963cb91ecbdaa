/** For tests: what a template with these functions renders to, with a fixed time and a seeded source of randomness. */
import type { RandomSource, RenderEnvironment } from '../engine.ts';
import { createGoTemplateEngine } from '../gotemplate/go-template-engine.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { functions } from './functions.ts';

const engine = createGoTemplateEngine(functions);

/** 2024-02-03 04:05:06.789 UTC. */
export const TEST_NOW = Date.UTC(2024, 1, 3, 4, 5, 6, 789);

/** The same bytes for the same seed. */
export function seededRandom(seed: number): RandomSource {
  let state = BigInt(seed) + 0x9e3779b97f4a7c15n;
  const next = () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 56n);
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}

/** The text that a template renders to. Throws TemplateError. */
export function renderText(
  template: string,
  options: { readonly data?: Map<string, GoValue>; readonly env?: Partial<RenderEnvironment> } = {},
): string {
  const env: RenderEnvironment = {
    lookup: () => new Map(),
    now: TEST_NOW,
    random: seededRandom(1),
    limits: { outputBytes: 10_000_000, steps: 100_000_000, depth: 1000 },
    ...options.env,
  };
  return engine.compile([{ name: 'test', text: template }]).render('test', options.data ?? new Map(), env);
}

/** The text of a template, or the message of its error from `error calling` on. */
export function outcomeOf(template: string): string {
  try {
    return renderText(template);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const call = message.lastIndexOf('error calling ');
    return call < 0 ? message : message.slice(call);
  }
}
