/**
 * What a container's command does, as far as it is understood: when it ends, how, and what it writes on the way. Shells
 * with their scripts, small programs of busybox, and Kubernetes' own test image are (world/programs.ts).
 */
import type { Container } from '../apimachinery/kinds.ts';
import type { Duration } from '../apimachinery/time.ts';
import { imageName } from './image-programs.ts';
import { expand } from './world/environment.ts';
import { textOf, type WorldFile } from './world/files.ts';
import { type Output, Process, StillRunning, type World } from './world/process.ts';
import { runProgram } from './world/programs.ts';
import { NotUnderstood } from './world/shell-syntax.ts';
import { EMPTY_WORLD } from './world/world.ts';

export interface CommandOutcome {
  /** Infinity: it does not end within the time that was looked at. */
  readonly duration: Duration;
  readonly exitCode: number;
  readonly output: readonly Output[];
  /** When it changed files. */
  readonly changes: readonly Duration[];
  /** What is there at its end. */
  readonly files: Map<string, WorldFile>;
  /** What it left for its status where that is read from, e.g. in /dev/termination-log. */
  readonly message: string;
}

export interface CommandOptions {
  /** What the process finds; asked for only when there is a command. */
  readonly world?: () => World;
  /** For how long it is looked at. Default: to its end. */
  readonly horizon?: Duration;
}

const MESSAGE_LIMIT = 4096;
const LOG_LIMIT = 2048;
const LOG_LINES = 80;

/** Undefined when the container has no command or one that is not understood. */
export function commandOutcome(container: Container, options: CommandOptions = {}): CommandOutcome | undefined {
  const words = wordsOf(container);
  if (words.length === 0) return undefined;
  const world = options.world?.() ?? EMPTY_WORLD;
  const expanded = words.map((word) => expand(word, world.environment));
  const { terminationMessagePath, terminationMessagePolicy } = container;
  const outcome = outcomeOf(expanded, { ...options, world: () => world, messagePath: terminationMessagePath });
  if (outcome === undefined || outcome.message !== '' || outcome.exitCode === 0) return outcome;
  if (terminationMessagePolicy !== 'FallbackToLogsOnError') return outcome;
  const lines = outcome.output
    .map(({ text }) => text)
    .join('')
    .split(/(?<=\n)/);
  return { ...outcome, message: lines.slice(-LOG_LINES).join('').slice(-LOG_LIMIT) };
}

/** Images that are nothing but programs run their arguments, or what they are made for. */
function wordsOf({ image = '', command = [], args = [] }: Container): readonly string[] {
  if (command.length > 0) return [...command, ...args];
  const name = imageName(image);
  if (name === 'agnhost') return ['/agnhost', ...args];
  return name === 'busybox' ? args : [];
}

/** The outcome of a command given as words. */
export function outcomeOf(
  words: readonly string[],
  {
    world = () => EMPTY_WORLD,
    horizon = Number.POSITIVE_INFINITY,
    messagePath = '/dev/termination-log',
  }: CommandOptions & { readonly messagePath?: string | undefined } = {},
): CommandOutcome | undefined {
  const process = new Process(world(), horizon, runProgram);
  const { changes, files, output } = process;
  try {
    const exitCode = process.run(words);
    const message = textOf(process.file(messagePath)?.bytes ?? '').slice(0, MESSAGE_LIMIT);
    return { duration: process.elapsed, exitCode, output, changes, files, message };
  } catch (error) {
    if (error instanceof StillRunning)
      return { duration: Number.POSITIVE_INFINITY, exitCode: 0, output, changes, files, message: '' };
    // Deep nesting ends at the limit of the stack.
    if (error instanceof NotUnderstood || error instanceof RangeError) return undefined;
    throw error;
  }
}
