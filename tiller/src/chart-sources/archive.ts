/** Charts whose archive came along, e.g. in a request: nothing to resolve, only to read. */
import { createHash } from 'node:crypto';
import { ChartError, loadArchive } from '@drydock/charts';
import type { ChartPackage } from './chart-source.ts';

/** Reads a .tgz. `source` is its name for people, and in errors. Throws ChartError. */
export function packageFromArchive(archive: Uint8Array, source: string): ChartPackage {
  const chart = namingSource(source, () => loadArchive(archive));
  return { chart, archive, digest: createHash('sha256').update(archive).digest('hex'), source };
}

/** Runs a reader; its errors name the source. */
export function namingSource<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ChartError) || error.message.includes(source)) throw error;
    throw new ChartError(error.code, `${source}: ${error.message}`, error.details, error);
  }
}
