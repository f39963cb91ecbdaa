/**
 * The real `drydock` program as a child process, and its server on a free port: what the demo and the end-to-end tests
 * drive. Needs `npm run build`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY } from './repository.ts';

/** The launcher that `node_modules/.bin/drydock` links to. */
const LAUNCHER = join(REPOSITORY, 'tiller', 'bin', 'drydock.js');

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs `drydock ARGS` to its end; a failing exit code is an answer, not an error. */
export async function runDrydock(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onOutput?.(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, stdout, stderr };
}

export interface RunningServer {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  /** All that it has written so far, to both of its outputs. */
  log(): string;
  /** Asks it to end, and waits until it has stored its state; answers its exit code. */
  stop(): Promise<number>;
}

/** Starts `drydock serve` on a free port, with more flags where given, and waits until it says where it listens. */
export async function startServer(data: string, flags: readonly string[] = []): Promise<RunningServer> {
  const child = spawn(process.execPath, [LAUNCHER, 'serve', '--listen', '127.0.0.1:0', '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (text: string) => {
    said += text;
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  return { url: await address(child, () => said), pid: child.pid ?? 0, log: () => said, stop: () => stop(child) };
}

async function address(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const url = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said())?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`drydock serve ended with ${code} before it listened: ${said()}`)));
  });
}

async function stop(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const [code] = (await closed) as [number | null];
  return code ?? 1;
}
