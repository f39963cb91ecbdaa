/**
 * Reads what the flags for values name: files, stdin, URLs. Follows Helm v4's pkg/cli/values. Apart from the flags
 * themselves, so that a command that reads its flags in another way loads no more than this.
 */
import { readFile } from 'node:fs/promises';
import { goString, mergeValueLayers, pathsOfPairs, type ValueLayers } from '@drydock/charts';
import type { ValuesInput } from '../server/api.ts';
import { CliError, isCliError } from './cli-error.ts';
import type { Flags } from './command.ts';

/** `valueFiles` are the files of -f, one each. Throws CliError with Helm's text for what can't be read. */
export async function readValues(flags: Flags, valueFiles: readonly string[]): Promise<ValuesInput> {
  const files: { name: string; text: string }[] = [];
  const before = {
    setJson: [...flags.list('setJson')],
    set: [...flags.list('set')],
    setString: [...flags.list('setString')],
  };
  for (const name of valueFiles) files.push({ name, text: await readAfter({ files }, () => readSource(name)) });
  const setFile = [];
  for (const pairs of flags.list('setFile')) {
    const contents = [];
    for (const path of pathsOfPairs(pairs)) {
      const read = () => readSource(path, 'failed parsing --set-file data: ');
      contents.push({ path, text: await readAfter({ files, ...before }, read) });
    }
    setFile.push({ pairs, files: contents });
  }
  return { files, ...before, setLiteral: flags.list('setLiteral'), setFile };
}

/** Helm reads and merges flag by flag: what is wrong with those before is told before that one cannot be read. */
async function readAfter(layers: ValueLayers, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    mergeValueLayers(layers);
    throw error;
  }
}

/** A file's text, that of stdin for `-`, or what an http(s) URL answers. `about` goes before errors. */
async function readSource(source: string, about = ''): Promise<string> {
  if (source.trim() === '-') return readStdin();
  try {
    if (/^https?:\/\//.test(source)) return await readUrl(source);
    return goString(await readFile(source));
  } catch (error) {
    const reason = error instanceof Error && 'syscall' in error ? describeFileError(error, source) : String(error);
    throw new CliError(`${about}${isCliError(error) ? error.message : reason}`, {
      code: 'NotFound',
      isVerbatim: true,
    });
  }
}

async function readUrl(url: string): Promise<string> {
  const { readUrl: read } = await import('./read-url.ts');
  return read(url);
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return goString(Buffer.concat(chunks));
}

/** As Go's os.PathError prints. */
function describeFileError(error: Error, path: string): string {
  const verb = (error as NodeJS.ErrnoException).code === 'EISDIR' ? 'read' : 'open';
  return `${verb} ${path}: ${reasonOf(error)}`;
}

/** In the words of Go's syscall package. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'ENOTDIR') return 'not a directory';
  if (code === 'EACCES') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
