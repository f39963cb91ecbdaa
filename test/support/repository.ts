/**
 * Where the repository and the recorded cases are, from sources and from what was built alike.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The repository's root: the folder above this file that holds turbo.json. */
export const REPOSITORY = findUp(import.meta.dirname, 'turbo.json');

/** The folder of recorded cases, whether it is there or not: DRYDOCK_SHARED, or `../shared` beside the repository. */
export const SHARED = process.env.DRYDOCK_SHARED ?? resolve(REPOSITORY, '..', 'shared');

/** Whether a part of the recorded cases is there; a user's clone has none, and tests that need them are skipped. */
export function hasShared(part: string): boolean {
  return existsSync(join(SHARED, part));
}

function findUp(start: string, name: string): string {
  let folder = start;
  while (!existsSync(join(folder, name))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${name} is in no folder above ${start}`);
    folder = parent;
  }
  return folder;
}
