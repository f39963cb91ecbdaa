/** drydock dependency list|build|update: as `helm dependency` v4.3. */

import { DEPENDENCY_FLAGS, LIST_FLAGS } from './dependency-flags.ts';
import type { FlagSpec } from './go-flags.ts';
import { formatFlags, type GoFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { GLOBAL_FLAGS } from './template-flags.ts';
import { writeOut } from './write-out.ts';

interface Subcommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  readonly act: (chart: string, flags: GoFlags) => Promise<void>;
}

const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'build',
    aliases: [],
    summary: 'rebuild the charts/ directory based on the Chart.lock file',
    flags: DEPENDENCY_FLAGS,
    act: async (chart, flags) => (await import('./dependency-update.ts')).buildDependencies(chart, flags),
  },
  {
    name: 'list',
    aliases: ['ls'],
    summary: 'list the dependencies for the given chart',
    flags: LIST_FLAGS,
    act: async (chart, flags) => (await import('./dependency-list.ts')).listDependencies(chart, flags),
  },
  {
    name: 'update',
    aliases: ['up'],
    summary: 'update charts/ based on the contents of Chart.yaml',
    flags: DEPENDENCY_FLAGS,
    act: async (chart, flags) => (await import('./dependency-update.ts')).updateDependencies(chart, flags),
  },
];

export async function run(args: readonly string[]): Promise<void> {
  const [word, rest] = takeWord(args);
  const subcommand = SUBCOMMANDS.find(({ name, aliases }) => name === word || aliases.includes(word ?? ''));
  if (subcommand === undefined) {
    // Only the subcommands have flags of their own.
    parseGoFlags(GLOBAL_FLAGS, args);
    writeOut(formatHelp());
    return;
  }
  const usage = `drydock dependency ${subcommand.name} CHART [flags]`;
  const { flags, positionals, wantsHelp } = parseGoFlags(subcommand.flags, rest);
  if (wantsHelp) {
    writeOut(`${subcommand.summary}\n\nUsage:\n  ${usage}\n\nFlags:\n${formatFlags(subcommand.flags)}`);
    return;
  }
  if (positionals.length > 1) {
    throw verbatim(`"drydock dependency ${subcommand.name}" accepts at most 1 argument\n\nUsage:  ${usage}`);
  }
  await subcommand.act(clean(positionals[0] ?? '.'), flags);
}

/** The first argument that is no flag, and the others. */
function takeWord(args: readonly string[]): [string | undefined, readonly string[]] {
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  return at < 0 ? [undefined, args] : [args[at], [...args.slice(0, at), ...args.slice(at + 1)]];
}

/** Go's filepath.Clean, as far as a chart's path needs it. */
function clean(path: string): string {
  const absolute = path.startsWith('/');
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    const last = steps.at(-1);
    if (step === '..' && last !== undefined && last !== '..') steps.pop();
    else if (step !== '..' || !absolute) steps.push(step);
  }
  const joined = steps.join('/');
  return absolute ? `/${joined}` : joined || '.';
}

function formatHelp(): string {
  const lines = SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)}${summary}\n`);
  return `Manages the dependencies of a chart: what Chart.yaml names, and charts/ holds.

Usage:
  drydock dependency COMMAND CHART [flags]

Aliases:
  dependency, dep, dependencies

Commands:
${lines.join('')}
Repositories are http(s)://, oci:// and file:// URLs, or names of Helm's repositories (@NAME, alias:NAME).
Use "drydock dependency COMMAND --help" for a command's own flags.
`;
}
