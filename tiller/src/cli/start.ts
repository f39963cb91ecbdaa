/**
 * The start of the program: what people run over and over, help and `template`, is here in one script, whose compiled
 * code is kept beside it (see bundle.js). All else is the program proper.
 */
import { readCommandLine } from './command-line.ts';
import { formatHelp } from './commands.ts';
import { writeOut } from './write-out.ts';

/** What the launcher does for the script. */
export interface Launcher {
  /** Loads the program proper, which then runs this process's command line. */
  loadProgram(): Promise<unknown>;
  /** Tunes the runtime for a run of a second at most. */
  expectShortRun(): void;
  /** Ends the process at once, its exit code set, unless something is still under way. */
  leave(): void;
}

/** Runs a command line, to its end if it is one of the quick ones. Errors are reported, not thrown. */
export async function start(argv: readonly string[], launcher: Launcher): Promise<void> {
  const { word, args } = readCommandLine(argv);
  if (word === undefined && !argv.includes('--version')) {
    writeOut(formatHelp());
    return;
  }
  if (word !== 'template') {
    await launcher.loadProgram();
    return;
  }
  launcher.expectShortRun();
  try {
    const { run } = await import('./template.ts');
    await run(args);
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    reportError(error);
  }
  launcher.leave();
}
