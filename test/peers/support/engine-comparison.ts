/**
 * Cases in both engines, each in a process of its own: Helm's SDK, and ours as it was built.
 */
import { join } from 'node:path';
import type { TemplateCase, TemplateResult } from '../../conformance/templates.ts';
import { REPOSITORY } from '../../support/repository.ts';
import { type HelmAnswer, startHelmRenderer } from './helm-renderer.ts';
import { startLineProgram } from './line-program.ts';

/** How long ours may take for a case, in milliseconds: its own limit of steps ends it long before. */
const PATIENCE = 15_000;

/** A loop of billions, at which Helm does not end: ours should soon. */
const FEW_STEPS = 5_000_000;

export interface Comparison {
  readonly item: TemplateCase;
  readonly helm: HelmAnswer;
  /** False also where either did not end. */
  readonly isEqual: boolean;
  /** True where Helm answers, and ours ended at a limit of its own: nothing can be said of such a case. */
  readonly isLimit: boolean;
  readonly detail: string;
}

export interface EngineComparison {
  compare(cases: readonly TemplateCase[]): Promise<Comparison[]>;
  /** Lets Helm begin anew, at other addresses. */
  restartHelm(): void;
  stop(): void;
}

export function startEngineComparison(): EngineComparison {
  const helm = startHelmRenderer();
  const ours = startLineProgram({
    command: process.execPath,
    args: ['--max-old-space-size=3072', join(REPOSITORY, 'test/dist/peers/support/check-cases.js')],
    patience: PATIENCE,
  });
  return {
    async compare(cases) {
      const answers = await helm.render(cases);
      // What Helm does not answer, or not twice alike, is rendered too: its limits must end it.
      const checks = await ours.ask(
        cases.map((item, index) => {
          const answer = answers[index];
          return JSON.stringify(typeof answer === 'object' ? { ...item, ...answer } : { ...item, steps: FEW_STEPS });
        }),
      );
      return cases.map((item, index): Comparison => {
        const answer = answers[index] ?? 'none';
        const check = checks[index] ?? 'ended';
        const common = { item, helm: answer, isLimit: false };
        if (typeof check === 'string') return { ...common, isEqual: false, detail: `Drydock: ${check}` };
        if (answer === 'hung') return { ...common, isEqual: false, detail: 'Helm: no answer in time' };
        if (typeof answer === 'string') return { ...common, isEqual: true, detail: '' };
        // check-cases.ts wrote it.
        const { isEqual, isLimit = false, detail } = JSON.parse(check.line) as TemplateResult;
        return { ...common, isEqual, isLimit, detail };
      });
    },
    restartHelm: () => helm.stop(),
    stop() {
      helm.stop();
      ours.stop();
    },
  };
}
