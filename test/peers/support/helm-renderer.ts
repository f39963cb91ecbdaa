/**
 * Helm's own SDK as a process that renders template cases: test/bench/helm-engine/render-cases, built by Go.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateCase } from '../../conformance/templates.ts';
import { REPOSITORY } from '../../support/repository.ts';
import { startLineProgram } from './line-program.ts';

/**
 * What Helm makes of a case: `unstable` where it is not the same each time, `none` where the process ended (Go's stack
 * or the memory ran out, or it took 5 seconds), `hung` where not even that came.
 */
export type HelmAnswer = Pick<TemplateCase, 'outputs_b64' | 'error'> | 'unstable' | 'none' | 'hung';

export interface HelmRenderer {
  render(cases: readonly TemplateCase[]): Promise<HelmAnswer[]>;
  stop(): void;
}

/** Builds and starts the program. */
export function startHelmRenderer(): HelmRenderer {
  const cache = join(REPOSITORY, 'node_modules/.cache/peers');
  const command = join(cache, 'render-cases');
  mkdirSync(cache, { recursive: true });
  const cwd = join(REPOSITORY, 'test/bench/helm-engine');
  execFileSync('go', ['build', '-o', command, './render-cases'], { cwd, stdio: 'inherit' });
  const program = startLineProgram({ command, args: [], env: { ...process.env, TZ: 'UTC' }, patience: 15_000 });
  return {
    async render(cases) {
      const answers = await program.ask(cases.map((item) => JSON.stringify(item)));
      return answers.map((answer) => {
        if (answer === 'ended') return 'none';
        return answer === 'no answer in time' ? 'hung' : parseAnswer(answer.line);
      });
    },
    stop: () => program.stop(),
  };
}

function parseAnswer(line: string): HelmAnswer {
  // The peer's own format.
  const answer = JSON.parse(line) as { outputs?: Record<string, string>; error?: string; unstable?: boolean };
  if (answer.unstable === true) return 'unstable';
  return answer.error === undefined ? { outputs_b64: answer.outputs ?? {} } : { error: answer.error };
}
