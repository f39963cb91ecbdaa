/** Files that the schema of a chart refers to (`"$ref": "file:///..."`), which Helm reads, too. */
import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from './value-files.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/** Throws an Error with Go's text for a file that can't be read. */
export function readSchemaFile(path: string): Uint8Array {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) throw new Error(`read ${path}: is a directory`);
  // A device may have no end.
  if (stats !== undefined && (!stats.isFile() || stats.size > MAX_BYTES)) {
    throw new Error(`read ${path}: no regular file of at most ${MAX_BYTES} bytes`);
  }
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`open ${path}: ${reasonOf(error)}`);
  }
}
