/**
 * The drydock program. Help and version come from a light table; a command's own code is loaded when it is called, so
 * that starting costs little.
 */
import { COMMANDS, type CommandEntry, formatHelp } from './commands.ts';

/** Flags before the command that take a value as their next argument. */
const VALUE_FLAGS = new Set(['--data', '--server', '--cluster', '--kube-context', '-n', '--namespace']);

async function main(argv: readonly string[]): Promise<void> {
  const position = commandPosition(argv);
  const word = argv[position];
  if (word === undefined || word === 'help') {
    if (argv.includes('--version')) process.stdout.write(`${(await import('../version.ts')).VERSION}\n`);
    else process.stdout.write(formatHelp());
    return;
  }
  const entry = findCommand(word);
  if (entry === undefined) {
    fail(`unknown command "${word}" for "drydock": see drydock --help`);
    return;
  }
  const { run } = await entry.load();
  await run([...argv.slice(0, position), ...argv.slice(position + 1)]);
}

function findCommand(word: string): CommandEntry | undefined {
  return COMMANDS.find(({ name, aliases }) => name === word || aliases?.includes(word));
}

/** Of the first argument that is neither a flag nor a flag's value. */
function commandPosition(argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) return index;
    if (VALUE_FLAGS.has(argument)) index += 1;
  }
  return argv.length;
}

function fail(message: string): void {
  process.stderr.write(`Error: ${message}\n`);
  process.exitCode = 1;
}

// A reader that goes away early (`drydock install ... 2>&1 | head -1`) is no error, and must not cut the work short.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main(process.argv.slice(2)).catch(async (error: unknown) => {
  const { reportError } = await import('./report-error.ts');
  reportError(error);
});
