/** The real program for tests: bundled once from the sources, run in processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /** Runs a command to its end, in a folder. */
  run(folder: string, ...args: readonly string[]): Promise<Outcome>;
  start(folder: string, ...args: readonly string[]): ChildProcess;
  remove(): Promise<void>;
}

export async function buildProgram(): Promise<Program> {
  const folder = fileURLToPath(new URL(`../../dist/bundle-test-${process.pid}`, import.meta.url));
  // The build script is plain JavaScript outside of src/, with this one export.
  const script = (await import(new URL('../../bundle.js', import.meta.url).href)) as {
    bundleProgram(outdir: string): Promise<void>;
  };
  await script.bundleProgram(folder);
  const {
    DRYDOCK_DATA: _d,
    DRYDOCK_SERVER: _s,
    DRYDOCK_CLUSTER: _c,
    DRYDOCK_NAMESPACE: _n,
    HELM_NAMESPACE: _h,
    ...env
  } = process.env;
  const start = (cwd: string, ...args: readonly string[]) =>
    spawn(process.execPath, [`${folder}/drydock.js`, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    start,
    run(cwd, ...args) {
      const child = start(cwd, ...args);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout, stderr }));
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
