/** Which of the program's commands a command line calls. */
import { COMMANDS, type CommandEntry } from './commands.ts';

/** Flags before the command that take a value as their next argument. */
const VALUE_FLAGS = new Set(['--data', '--server', '--cluster', '--kube-context', '-n', '--namespace']);

export interface CommandLine {
  /** The command's word as it was typed; undefined where there is none. */
  readonly word: string | undefined;
  /** The command line without that word. */
  readonly args: readonly string[];
}

/** The command is the first argument that is neither a flag nor a flag's value. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const position = commandPosition(argv);
  return { word: argv[position], args: [...argv.slice(0, position), ...argv.slice(position + 1)] };
}

/** By name or alias. */
export function findCommand(word: string): CommandEntry | undefined {
  return COMMANDS.find(({ name, aliases }) => name === word || aliases?.includes(word));
}

function commandPosition(argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) return index;
    if (VALUE_FLAGS.has(argument)) index += 1;
  }
  return argv.length;
}
