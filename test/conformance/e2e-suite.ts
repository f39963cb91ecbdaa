/**
 * Runs Kubernetes' own end-to-end tests: several at once, and those marked [Serial] alone after all others.
 */
import { type E2eResult, type E2eTarget, runE2eTest } from './e2e-run.ts';

export interface E2eSuite extends E2eTarget {
  readonly names: readonly string[];
  /** How many run at once. */
  readonly jobs: number;
  /** How often each runs; it passes when it does each time. */
  readonly times: number;
  /** Told of each test as it ends. */
  readonly onResult: (result: E2eResult) => void;
}

/** Answers in the order of the names. */
export async function runE2eSuite(suite: E2eSuite): Promise<E2eResult[]> {
  const isSerial = (name: string) => name.includes('[Serial]');
  const done = new Map<string, E2eResult>();
  const runAll = async (names: readonly string[], jobs: number) => {
    const left = [...names];
    const work = async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        const result = await runTimes(name, suite);
        done.set(name, result);
        suite.onResult(result);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
  };
  const names = [...new Set(suite.names)];
  await runAll(
    names.filter((name) => !isSerial(name)),
    suite.jobs,
  );
  await runAll(names.filter(isSerial), 1);
  return names.flatMap((name) => done.get(name) ?? []);
}

/** The first run that did not pass, else the last. */
async function runTimes(name: string, suite: E2eSuite): Promise<E2eResult> {
  let result = await runE2eTest(name, suite);
  for (let run = 1; run < suite.times && result.state === 'passed'; run++) result = await runE2eTest(name, suite);
  return result;
}
