/**
 * What the process of a container finds in one of its runs: also what was written before to the empty directories of its
 * pod, by its own runs and by the init containers. Computed anew each time: what matters is in the objects.
 */
import type { Container, Pod } from '../apimachinery/kinds.ts';
import type { Client } from '../apiserver/client.ts';
import { commandOutcome } from './command.ts';
import { isScratch, keepScratch, type Scratch } from './world/files.ts';
import type { World } from './world/process.ts';
import { containerWorld } from './world/world.ts';

/** Runs before these are not looked at. */
const MAX_REPLAYS = 20;

/** @param run how often the container has been started, this time included */
export function worldOfRun(pod: Pod, container: Container, client: Client, run: number): World {
  const scratch: Scratch = new Map();
  if (container.volumeMounts?.some(({ name }) => isScratch(pod, name)) === true) {
    const replay = (each: Container, number: number) => {
      const world = containerWorld(pod, each, { client, run: number, scratch });
      const files = commandOutcome(each, { world: () => world })?.files;
      if (files !== undefined) keepScratch(pod, each, { environment: world.environment, files }, scratch);
    };
    const init = pod.spec.initContainers ?? [];
    const own = init.findIndex(({ name }) => name === container.name);
    for (const earlier of own < 0 ? init : init.slice(0, own)) replay(earlier, 1);
    for (let number = Math.max(1, run - MAX_REPLAYS); number < run; number++) replay(container, number);
  }
  return containerWorld(pod, container, { client, run, scratch });
}
