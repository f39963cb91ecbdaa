/** Helm's flags for values, read into what the API takes: files are read here, since only this program sees them. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ValuesInput } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { collect, type Flags } from './command.ts';

export function addValueFlags(command: Command): Command {
  return command
    .option('-f, --values <file>', 'values in a YAML file, or - for stdin (several)', collect)
    .option('--set <key=value>', 'a value (several, or separated by commas)', collect)
    .option('--set-string <key=value>', 'a value that is a string', collect)
    .option('--set-json <key=json>', 'a value in JSON', collect)
    .option('--set-literal <key=value>', 'a value that is a string as it stands', collect)
    .option('--set-file <key=path>', 'a value from a file', collect);
}

/** Throws CliError that names the file which can't be read. */
export async function readValueFlags(flags: Flags): Promise<ValuesInput> {
  const files = [];
  for (const name of flags.list('values').flatMap((value) => value.split(','))) {
    files.push({ name, text: name === '-' ? await readStdin() : await readText(name) });
  }
  const setFile = [];
  for (const pair of flags.list('setFile').flatMap(splitPairs)) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new CliError(`failed parsing --set-file data: "${pair}" is not KEY=PATH`);
    setFile.push({ key: pair.slice(0, equals), text: await readText(pair.slice(equals + 1)) });
  }
  return {
    files,
    set: flags.list('set'),
    setString: flags.list('setString'),
    setJson: flags.list('setJson'),
    setLiteral: flags.list('setLiteral'),
    setFile,
  };
}

/** `a=x,b=y` is two pairs; a comma within a path stays, unless a key follows it. */
function splitPairs(text: string): readonly string[] {
  return text.split(/,(?=[^,=]+=)/);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`open ${path}: ${reasonOf(error)}`, { code: 'NotFound' });
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'EACCES') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
