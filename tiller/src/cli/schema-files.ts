/**
 * What the schema of a chart refers to elsewhere, which Helm reads, too: files (`"$ref": "file:///..."`) and documents of
 * other servers. Schemas are looked at without waiting, so that URLs are noted, fetched, and the work is done again.
 */
import { readFileSync, statSync } from 'node:fs';
import type { SchemaFiles } from '@drydock/charts';
import { reasonOf } from './value-files.ts';

export interface SchemaReferences {
  /** Throws an Error with Go's text for what can't be read, and any for a URL that is yet to be fetched. */
  readonly read: SchemaFiles;
  /** Does something with `read`, again as long as that asks for URLs that were not asked for before. */
  settle<T>(act: (isAgain: boolean) => T | Promise<T>): Promise<T>;
}

const MAX_BYTES = 64 * 1024 * 1024;

export function createSchemaReferences(): SchemaReferences {
  const known = new Map<string, Uint8Array | Error>();
  const asked = new Set<string>();
  return {
    read(address) {
      if (!/^https?:/.test(address)) return readSchemaFile(address);
      const answer = known.get(address);
      if (answer instanceof Uint8Array) return answer;
      if (answer !== undefined) throw answer;
      asked.add(address);
      throw new Error(`${address} is yet to be fetched`);
    },
    async settle(act) {
      for (let isAgain = false; ; isAgain = true) {
        try {
          const result = await act(isAgain);
          if (asked.size === 0) return result;
        } catch (error) {
          // A failure counts only when no question is open.
          if (asked.size === 0) throw error;
        }
        const { fetchSchema } = await import('./schema-urls.ts');
        for (const url of asked) known.set(url, await fetchSchema(url));
        asked.clear();
      }
    },
  };
}

function readSchemaFile(path: string): Uint8Array {
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
