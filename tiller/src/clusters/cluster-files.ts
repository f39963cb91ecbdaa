/** Clusters were files once, `clusters/NAME.json`: what a data folder still has of them. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterStore } from '../cluster-store/cluster-store.ts';
import type { ClusterSnapshot } from './cluster-options.ts';

/** Takes them over into the store. */
export async function takeFiles(folder: string, store: ClusterStore): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json'))) {
    const path = join(folder, file);
    // A parsed border: an earlier version of this program wrote the file.
    const { store: content, ...rest } = JSON.parse(await readFile(path, 'utf8')) as ClusterSnapshot;
    const objects = content.objects.map(({ key, object }) => [key, Buffer.from(JSON.stringify(object))] as const);
    store.create({ ...rest, revision: content.revision }, objects);
    await rm(path);
  }
}
