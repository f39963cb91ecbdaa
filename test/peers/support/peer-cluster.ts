/**
 * A simulated cluster as a user has it: `drydock serve` as a process of its own, the kubeconfig that it wrote, and the
 * real kubectl and helm with nothing of this machine's settings.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDrydock, startServer } from '../../support/drydock.ts';

export interface PeerCluster {
  /** What its server has written so far. */
  log(): string;
  /** Ends the server and starts it again: it has forgotten all versions but the last. */
  restart(): Promise<void>;
  /** A folder for what tests write; it is removed at the end. */
  readonly folder: string;
  /** The file. */
  readonly kubeconfig: string;
  /** What `drydock cluster kubeconfig` said beside it. */
  readonly said: string;
  /** Runs a program of the PATH to its end; a failing exit code is an answer, not an error. */
  run(program: string, args: readonly string[], options?: PeerOptions): PeerResult;
  /** Its output; throws what it said where it fails, and where it warns. */
  kubectl(args: string, options?: PeerOptions): string;
  close(): Promise<void>;
}

export interface PeerOptions {
  readonly input?: string;
  readonly cwd?: string;
  /** What it may say on standard error; default: nothing. */
  readonly saying?: RegExp;
  readonly env?: Readonly<Record<string, string>>;
  /** Stopped then, in seconds; default 120. */
  readonly seconds?: number;
}

export interface PeerResult {
  /** 124 where it was stopped, as timeout(1) has it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new server, and its first cluster, `dev`; `flags` are those of serve. */
export async function startPeerCluster(flags: readonly string[] = []): Promise<PeerCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-peer-'));
  let server = await startServer(join(folder, 'data'), flags);
  const { code, stdout, stderr } = await runDrydock(['cluster', 'kubeconfig', 'dev', '--server', server.url]);
  if (code !== 0) {
    await server.stop();
    throw new Error(`drydock cluster kubeconfig: ${stderr}`);
  }
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, stdout, { mode: 0o600 });
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(folder, 'helm'),
    TZ: 'UTC',
  };
  const run = (program: string, args: readonly string[], options: PeerOptions = {}): PeerResult => {
    const { error, signal, status, ...output } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...env, ...options.env },
      cwd: options.cwd ?? folder,
      timeout: (options.seconds ?? 120) * 1000,
      maxBuffer: 256 * 1024 * 1024,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
    if (error !== undefined && signal === null) throw error;
    return { code: signal === null ? (status ?? 1) : 124, stdout: output.stdout, stderr: output.stderr };
  };
  return {
    log: () => server.log(),
    async restart() {
      await server.stop();
      server = await startServer(join(folder, 'data'), flags);
    },
    folder,
    kubeconfig,
    said: stderr,
    run,
    kubectl(args, options = {}) {
      const result = run('kubectl', splitWords(args), options);
      const isExpected = (options.saying ?? /^$/).test(result.stderr.trim());
      if (result.code === 0 && isExpected) return result.stdout;
      throw new Error(`kubectl ${args}: exit code ${result.code}\n${result.stderr}${result.stdout}`);
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Words as a shell splits them, with single quotes only. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
