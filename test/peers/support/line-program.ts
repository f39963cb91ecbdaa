/**
 * A program that answers each line of its input with a line, in order. One that ends, or that does not answer in time,
 * is started again for the next line: which line it was is known.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A line, or why there is none. */
export type LineAnswer = { readonly line: string } | 'ended' | 'no answer in time';

export interface LineProgram {
  ask(lines: readonly string[]): Promise<LineAnswer[]>;
  stop(): void;
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** How long one line may take, in milliseconds; the program's start counts for the first. */
  readonly patience: number;
}

export function startLineProgram(options: ProgramOptions): LineProgram {
  let child: RunningProgram | undefined;
  return {
    async ask(lines) {
      const answers: LineAnswer[] = [];
      while (answers.length < lines.length) {
        child ??= runProgram(options);
        const { got, stopped } = await child.ask(lines.slice(answers.length));
        answers.push(...got.map((line) => ({ line })));
        if (stopped === undefined) continue;
        answers.push(stopped);
        child = undefined;
      }
      return answers;
    },
    stop() {
      child?.stop();
      child = undefined;
    },
  };
}

interface RunningProgram {
  ask(lines: readonly string[]): Promise<{ got: string[]; stopped?: 'ended' | 'no answer in time' }>;
  stop(): void;
}

function runProgram({ command, args, env, patience }: ProgramOptions): RunningProgram {
  const child: ChildProcess = spawn(command, args, { env: env ?? process.env, stdio: ['pipe', 'pipe', 'ignore'] });
  let hasEnded = false;
  let onLine: (line: string) => void = () => {};
  let onEnd: () => void = () => {};
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => onLine(line));
  child.on('error', () => {});
  child.on('close', () => {
    hasEnded = true;
    onEnd();
  });
  // Writing to a process that has ended is no error of its own: that it ended is what counts.
  child.stdin?.on('error', () => {});
  return {
    ask: (lines) =>
      new Promise((resolve) => {
        const got: string[] = [];
        let timer: NodeJS.Timeout | undefined;
        const finish = (stopped?: 'ended' | 'no answer in time'): void => {
          clearTimeout(timer);
          [onLine, onEnd] = [() => {}, () => {}];
          if (stopped !== undefined) child.kill('SIGKILL');
          resolve(stopped === undefined ? { got } : { got, stopped });
        };
        const wait = (): void => {
          clearTimeout(timer);
          timer = setTimeout(() => finish('no answer in time'), patience);
        };
        onLine = (line) => {
          got.push(line);
          if (got.length === lines.length) finish();
          else wait();
        };
        onEnd = () => finish('ended');
        if (hasEnded) return finish('ended');
        wait();
        child.stdin?.write(lines.map((line) => `${line}\n`).join(''));
      }),
    stop: () => child.stdin?.end(),
  };
}
