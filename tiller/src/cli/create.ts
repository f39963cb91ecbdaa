/** drydock create NAME: a new chart to begin with. The name may be a path; the last part of it names the chart. */
import { lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { starterFiles } from './create-files.ts';
import { type FlagSpec, formatFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { GLOBAL_FLAGS } from './template-flags.ts';

const USAGE = 'drydock create NAME [flags]';

const FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  {
    name: 'starter',
    short: 'p',
    kind: 'string',
    help: "a chart to begin with: a path, or a name among Helm's starters",
  },
];

export async function run(args: readonly string[]): Promise<void> {
  const { flags, positionals, wantsHelp } = parseGoFlags(FLAGS, args);
  if (wantsHelp) {
    process.stdout.write(
      `Makes a folder with a new chart: a web application to change into what you need.\n\nUsage:\n  ${USAGE}\n\nFlags:\n`,
    );
    process.stdout.write(formatFlags(FLAGS));
    return;
  }
  if (positionals.length !== 1) throw verbatim(`"drydock create" requires 1 argument\n\nUsage:  ${USAGE}`);
  const [path = ''] = positionals;
  const name = basename(path);
  process.stdout.write(`Creating ${path}\n`);
  checkName(name);
  const starter = flags.text('starter') ?? '';
  const files = starter === '' ? starterFiles(name) : (await import('./create-from.ts')).filesFrom(starter, name);
  await writeChart(resolve(path), { name, files });
}

/** Helm's rule and messages (pkg/chart/v2/util/create.go). */
function checkName(name: string): void {
  if (name === '' || Buffer.byteLength(name) > 250) {
    throw new CliError('chart name must be between 1 and 250 characters');
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw new CliError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"');
  }
  if (name === '.' || name === '..') throw new CliError(`chart name "${name}" is not allowed`);
}

/** All files or none: they are written beside the folder, which then gets its name in one step. */
async function writeChart(
  folder: string,
  { name, files }: { readonly name: string; readonly files: ReadonlyMap<string, string | Uint8Array> },
): Promise<void> {
  const parent = dirname(folder);
  const found = await lstat(parent).catch(() => undefined);
  if (found === undefined) throw new CliError(`stat ${parent}: no such file or directory`, { code: 'NotFound' });
  await refuseExisting(folder);
  const draft = await mkdtemp(join(parent, `.${name.slice(0, 100)}-`));
  try {
    const chart = join(draft, name);
    for (const [file, text] of files) {
      const path = join(chart, ...file.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    await refuseExisting(folder);
    await rename(chart, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function refuseExisting(folder: string): Promise<void> {
  if ((await lstat(folder).catch(() => undefined)) === undefined) return;
  throw new CliError(`${folder} already exists: nothing was written`, { code: 'AlreadyExists' });
}
