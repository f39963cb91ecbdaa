/** The drydock program. A command's own code is loaded when it is called, so that starting costs little. */
import { findCommand, readCommandLine } from './command-line.ts';
import { formatHelp } from './commands.ts';

async function main(argv: readonly string[]): Promise<void> {
  const { word, args } = readCommandLine(argv);
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
  await run(args);
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
