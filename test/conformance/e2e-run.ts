/**
 * One of Kubernetes' own end-to-end tests in a process of its own, as a part of the suite's binary that is called by the
 * test's name.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** `not run`: no test has that name. */
export type E2eState = 'passed' | 'failed' | 'skipped' | 'timed out' | 'not run';

export interface E2eResult {
  readonly name: string;
  readonly state: E2eState;
  readonly seconds: number;
  /** The first complaint; empty for what passed. */
  readonly why: string;
  readonly output: string;
}

export interface E2eTarget {
  readonly binary: string;
  readonly kubeconfig: string;
  /** How long a test may take. */
  readonly seconds: number;
}

/** What the framework gets to clean up and tell where it was, when its time is over. */
const GRACE = 20_000;

/** Runs the test of that name. */
export async function runE2eTest(name: string, target: E2eTarget): Promise<E2eResult> {
  const started = performance.now();
  const child = spawn(
    target.binary,
    [
      ...['--kubeconfig', target.kubeconfig, '--provider', 'skeleton', '--num-nodes', '2'],
      // Nodes need not all be ready, as other tests make and break some.
      ...['--allowed-not-ready-nodes', '-1', '--ginkgo.no-color', '--ginkgo.focus', escapePattern(name)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => pieces.push(text));
  let isLate = false;
  let killer: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  }, target.seconds * 1000);
  try {
    await once(child, 'close');
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
  }
  const output = pieces.join('');
  const state = isLate ? 'timed out' : stateOf(output);
  const seconds = (performance.now() - started) / 1000;
  const why = state === 'passed' ? '' : state === 'not run' ? 'no test has that name' : complaintOf(output);
  return { name, state, seconds, why, output };
}

/** As the suite's filter reads it: a pattern that may be anywhere in the name, so that a longer name has it too. */
function escapePattern(name: string): string {
  return `${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}

function stateOf(output: string): E2eState {
  const counts = /(\d+) Passed \| (\d+) Failed \| \d+ Pending \| \d+ Skipped/.exec(output);
  if (counts !== null && counts[2] !== '0') return 'failed';
  if (counts !== null && counts[1] !== '0') return 'passed';
  if (/Ran 0 of/.test(output)) return /\[SKIPPED\]/.test(output) ? 'skipped' : 'not run';
  return 'failed';
}

function complaintOf(output: string): string {
  // Of the lines so marked, those that only tell the place begin with "in [".
  const marked = [...output.matchAll(/^\s*\[(?:FAILED|SKIPPED|TIMEDOUT|PANICKED)\] (.*)$/gm)].map(
    ([, text = '']) => text,
  );
  const told = marked.find((text) => !/^(?:in \[|\[\d)/.test(text)) ?? output.trimEnd().split('\n').at(-1) ?? '';
  return told.length > 240 ? `${told.slice(0, 240)}…` : told;
}
