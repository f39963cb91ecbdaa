/**
 * Commands in running containers, as `kubectl exec` asks for them: the programs of world/, in the container's world. They
 * take the cluster's time, and what they change in files is kept with the pod, where probes and later commands find it.
 */
import type { Container, Pod } from '../../apimachinery/kinds.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { Duration, Instant } from '../../apimachinery/time.ts';
import type { Client } from '../../apiserver/client.ts';
import type { ExecOutcome, ExecSession, ExecTarget } from '../../apiserver/kubelet-answers.ts';
import { worldOfRun } from '../container-run.ts';
import { bytesOf } from '../world/files.ts';
import { Process, StillRunning } from '../world/process.ts';
import { isProgram, runProgram } from '../world/programs.ts';
import { NotUnderstood } from '../world/shell-syntax.ts';

import {
  applyChanges,
  changesBetween,
  changesOf,
  documentRoot,
  FILES_ANNOTATION,
  type FileChanges,
  filesOfImage,
  withChanges,
} from './file-changes.ts';

export interface PodExecOptions {
  readonly client: Client;
  readonly now: () => Instant;
  readonly schedule: (at: Instant, run: () => void) => () => void;
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a command is a shell that is told by its input what to do. */
function isShell([program = '', ...args]: readonly string[]): boolean {
  return SHELLS.has(baseName(program)) && !args.some((arg) => /^-\w*c$/.test(arg));
}

/** Undefined for a container that does not run. */
export function execInPod(target: ExecTarget, { client, now, schedule }: PodExecOptions): ExecSession | undefined {
  const key = { namespace: target.namespace, name: target.pod };
  const find = () => runningContainer(client.find<Pod>('pods', key), target.container);
  const first = find();
  if (first === undefined) return undefined;
  let variables: ReadonlyMap<string, string> | undefined;
  let cancel: (() => void) | undefined;
  return {
    isShell,
    readsInput: (command) => isShell(command) || isFilter(command),
    run(command, stdin, done) {
      const running = find();
      if (running?.pod.metadata.uid !== first.pod.metadata.uid) {
        done({ stdout: '', stderr: '', exitCode: 137 });
        return;
      }
      const result = runCommand(isShell(command) ? ['sh', '-c', stdin] : command, stdin, {
        ...running,
        client,
        variables,
        now: now(),
      });
      variables = result.variables;
      if (result.changes !== undefined) keep(client, running, result.changes);
      if (result.duration === 0) done(result.outcome);
      else if (Number.isFinite(result.duration)) cancel = schedule(now() + result.duration, () => done(result.outcome));
    },
    close: () => cancel?.(),
  };
}

/** Programs that read their input when they are given no file. */
function isFilter([program = '', ...args]: readonly string[]): boolean {
  return (
    ['cat', 'head', 'tail', 'wc', 'grep', 'sort'].includes(baseName(program)) && args.every((arg) => /^-/.test(arg))
  );
}

interface RunningContainer {
  readonly pod: Pod;
  readonly container: Container;
}

function runningContainer(pod: Pod | undefined, name: string): RunningContainer | undefined {
  if (pod === undefined) return undefined;
  const container = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []),
    ...((pod.spec.ephemeralContainers ?? []) as readonly Container[]),
  ].find((candidate) => candidate.name === name);
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  const status = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    (candidate) => candidate.name === name,
  );
  return container === undefined || status?.state?.running === undefined ? undefined : { pod, container };
}

interface RunContext extends RunningContainer {
  readonly client: Client;
  readonly now: Instant;
  readonly variables: ReadonlyMap<string, string> | undefined;
}

interface RunResult {
  readonly outcome: ExecOutcome;
  /** Infinity: it does not end. */
  readonly duration: Duration;
  readonly variables: ReadonlyMap<string, string>;
  readonly changes: FileChanges | undefined;
}

function runCommand(command: readonly string[], stdin: string, context: RunContext): RunResult {
  const { pod, container, client, now } = context;
  const known = changesOf(pod, container.name);
  const world = worldOfRun(pod, container, client, known.restarts + 1);
  const root = documentRoot(container);
  const directories = new Map(world.directories);
  if (root !== undefined) directories.set(root, { mode: 0o755, isMemory: false });
  const files = applyChanges(filesOfImage(container, world.files), known);
  const environment = context.variables ?? world.environment;
  const process = new Process(
    { ...world, environment, directories, files, start: now },
    Number.POSITIVE_INFINITY,
    runProgram,
  );
  process.input = bytesOf(stdin);
  const { exitCode, stderr, isEndless } = runIn(process, command);
  const stdout = process.output.map(({ text }) => text).join('');
  return {
    outcome: { stdout, stderr, exitCode },
    duration: isEndless ? Number.POSITIVE_INFINITY : process.elapsed,
    variables: process.variables,
    changes: changesBetween({ before: files, after: process.files, known }, now),
  };
}

function runIn(
  process: Process,
  command: readonly string[],
): { readonly exitCode: number; readonly stderr: string; readonly isEndless: boolean } {
  try {
    return { exitCode: process.run(command), stderr: '', isEndless: false };
  } catch (error) {
    if (error instanceof StillRunning) return { exitCode: 0, stderr: '', isEndless: true };
    if (!(error instanceof NotUnderstood)) throw error;
    const [program = ''] = command;
    const isThere = isProgram(program);
    const stderr = isThere
      ? `${program}: not understood by simulated containers: ${error.message}\n`
      : `exec: ${JSON.stringify(program)}: executable file not found in $PATH (simulated containers have few programs)\n`;
    return { exitCode: isThere ? 126 : 127, stderr, isEndless: false };
  }
}

function keep(client: Client, { pod, container }: RunningContainer, changes: FileChanges): void {
  const { namespace = '', name } = pod.metadata;
  const annotations = { [FILES_ANNOTATION]: withChanges(pod, container.name, changes) };
  try {
    client.patch('pods', { namespace, name }, { type: 'merge', patch: { metadata: { annotations } } });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict', 'Invalid')) throw error;
  }
}
