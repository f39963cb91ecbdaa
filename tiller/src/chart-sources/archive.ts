/** Charts whose archive came along, e.g. in a request: nothing to resolve, only to read. */
import { createHash } from 'node:crypto';
import { loadArchive } from '@drydock/charts';
import type { ChartPackage } from './chart-source.ts';

/** Reads a .tgz. `source` is its name for people. Throws ChartError. */
export function packageFromArchive(archive: Uint8Array, source: string): ChartPackage {
  const chart = loadArchive(archive);
  return { chart, archive, digest: createHash('sha256').update(archive).digest('hex'), source };
}
