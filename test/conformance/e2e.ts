/**
 * Runs Kubernetes' own end-to-end tests against a simulated cluster that is served over HTTPS. A program of its own:
 * `npm run conformance:e2e -- FILE... [flags]`, see docs/conformance.md. Prints a line for each test that did not pass,
 * and `N/M passed` last.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '../support/repository.ts';
import { buildE2eBinary } from './e2e-binary.ts';
import { startE2eCluster } from './e2e-cluster.ts';
import { readE2eNames } from './e2e-names.ts';
import type { E2eResult } from './e2e-run.ts';
import { runE2eSuite } from './e2e-suite.ts';
import { e2eTable, ratio, writeE2eTable } from './e2e-table.ts';

const USAGE = `usage: e2e FILE... [--needs TEXT] [--jobs N] [--seconds N] [--times N] [--logs FOLDER] [--write-docs]
           [--clock-rate R | --kubeconfig FILE] [--binary FILE]`;

const flags = {
  /** Only the tests that a list says need this. */
  needs: { type: 'string' },
  jobs: { type: 'string', default: String(2 * availableParallelism()) },
  /** How long one may take. */
  seconds: { type: 'string', default: '360' },
  times: { type: 'string', default: '1' },
  /** Where the output of those that did not pass goes. */
  logs: { type: 'string' },
  'write-docs': { type: 'boolean', default: false },
  'clock-rate': { type: 'string', default: '1' },
  /** Another cluster than one of our own. */
  kubeconfig: { type: 'string' },
  /** The suite, where it is built already. */
  binary: { type: 'string' },
} as const;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  const numbers = { jobs: values.jobs, seconds: values.seconds, times: values.times, rate: values['clock-rate'] };
  const wrong = Object.entries(numbers).find(([, text]) => !(Number(text) > 0));
  if (positionals.length === 0 || wrong !== undefined) {
    console.error(wrong === undefined ? USAGE : `${wrong[0]} must be a number above zero, not ${wrong[1]}\n${USAGE}`);
    return 2;
  }
  const listed = positionals.flatMap((file) => readE2eNames(from(file)));
  const names = listed.filter(({ needs }) => values.needs === undefined || needs === values.needs);
  const binary = values.binary === undefined ? buildE2eBinary() : from(values.binary);
  const cluster = values.kubeconfig === undefined ? await startE2eCluster(Number(numbers.rate)) : undefined;
  const logs = values.logs === undefined ? undefined : from(values.logs);
  try {
    const results = await runE2eSuite({
      binary,
      kubeconfig: cluster?.kubeconfig ?? from(values.kubeconfig ?? ''),
      names: names.map(({ name }) => name),
      seconds: Number(numbers.seconds),
      jobs: Number(numbers.jobs),
      times: Number(numbers.times),
      onResult: (result) => report(result, logs),
    });
    if (values['write-docs']) writeE2eTable(join(REPOSITORY, 'docs', 'conformance.md'), e2eTable(names, results));
    console.log(`${ratio(results)} passed`);
    return results.length > 0 && results.every(({ state }) => state === 'passed') ? 0 : 1;
  } finally {
    await cluster?.stop();
  }
}

/** Paths are relative to where npm was called. */
function from(file: string): string {
  return isAbsolute(file) ? file : resolve(process.env.INIT_CWD ?? '.', file);
}

function report({ name, state, seconds, why, output }: E2eResult, logs: string | undefined): void {
  if (state === 'passed') return;
  console.log(`${state} after ${seconds.toFixed(1)} s: ${name}: ${why}`);
  if (logs === undefined) return;
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, `${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 160)}.log`), output);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
