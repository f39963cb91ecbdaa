/**
 * Helm's own SDK as a process that renders template cases: test/bench/helm-engine/render-cases, built by Go.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TemplateCase } from '../../conformance/templates.ts';
import { REPOSITORY } from '../../support/repository.ts';

/** What Helm makes of a case; undefined where it is not the same each time. */
export type HelmAnswer = Pick<TemplateCase, 'outputs_b64' | 'error'> | undefined;

export interface HelmRenderer {
  render(cases: readonly TemplateCase[]): Promise<HelmAnswer[]>;
  stop(): void;
}

/** Builds and starts the program; it is started again where a case ends it. */
export function startHelmRenderer(): HelmRenderer {
  const cache = join(REPOSITORY, 'node_modules/.cache/peers');
  const program = join(cache, 'render-cases');
  mkdirSync(cache, { recursive: true });
  const cwd = join(REPOSITORY, 'test/bench/helm-engine');
  execFileSync('go', ['build', '-o', program, './render-cases'], { cwd, stdio: 'inherit' });
  let child = start(program);
  return {
    async render(cases) {
      const answers = await child.render(cases);
      if (answers.length === cases.length) return answers;
      // Go ends where its stack does, and nothing catches that: the case that did it has no answer.
      child = start(program);
      return [...answers, undefined, ...(await this.render(cases.slice(answers.length + 1)))];
    },
    stop: () => child.stop(),
  };
}

/** One process; its `render` gives fewer answers than there are cases if it ends in between. */
function start(program: string): HelmRenderer {
  const child = spawn(program, { env: { ...process.env, TZ: 'UTC' }, stdio: ['pipe', 'pipe', 'ignore'] });
  let answers: HelmAnswer[] = [];
  let wanted = 0;
  let done: (answers: HelmAnswer[]) => void = () => {};
  let hasEnded = false;
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      answers.push(parseAnswer(line));
      if (answers.length === wanted) done(answers);
    })
    .on('close', () => {
      hasEnded = true;
      done(answers);
    });
  // Writing to a process that has ended is no error of its own: its output is at an end, too.
  child.stdin.on('error', () => {});
  return {
    render(cases) {
      answers = [];
      wanted = cases.length;
      if (wanted === 0 || hasEnded) return Promise.resolve([]);
      return new Promise((resolve) => {
        done = resolve;
        child.stdin.write(cases.map((item) => `${JSON.stringify(item)}\n`).join(''));
      });
    },
    stop: () => child.stdin.end(),
  };
}

function parseAnswer(line: string): HelmAnswer {
  // The peer's own format.
  const answer = JSON.parse(line) as { outputs?: Record<string, string>; error?: string; unstable?: boolean };
  if (answer.unstable === true) return undefined;
  return answer.error === undefined ? { outputs_b64: answer.outputs ?? {} } : { error: answer.error };
}
