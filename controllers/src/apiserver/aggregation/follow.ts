/**
 * Keeps the APIServices in step with what is served: here, and by the Services that they name.
 */
import { storagePrefix } from '../../apimachinery/resource.ts';
import type { Client } from '../client.ts';
import type { Core } from '../core.ts';
import { syncLocalServices } from './local-services.ts';
import { followRemoteServices } from './remote-services.ts';

const DEFINITIONS = storagePrefix('apiextensions.k8s.io', 'customresourcedefinitions');

/** To be called when definitions are followed already. Answers how to stop. */
export function followApiServices(core: Core, client: Client): () => void {
  syncLocalServices(core, client);
  let { generation } = core.resources;
  const stopLocal = core.store.subscribe(DEFINITIONS, core.store.revision, () => {
    if (core.resources.generation === generation) return;
    generation = core.resources.generation;
    syncLocalServices(core, client);
  });
  const stopRemote = followRemoteServices(core);
  return () => {
    stopLocal();
    stopRemote();
  };
}
