/** Simulated clusters of one process, by name. */
import type { SimulationOptions } from './options.ts';
import { createSimulation, type Simulation } from './simulation.ts';

/** A cluster that is not there, or a name that is taken or none. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  readonly code: 'ClusterNotFound' | 'ClusterExists' | 'InvalidName';
  constructor(code: FleetError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export class Fleet {
  readonly #clusters = new Map<string, Simulation>();

  /** Throws FleetError: ClusterExists, InvalidName. */
  create(options: SimulationOptions): Simulation {
    if (!NAME.test(options.name)) {
      throw new FleetError(
        'InvalidName',
        `cluster name ${JSON.stringify(options.name)} is not valid: lower case letters, digits and "-", at most 63`,
      );
    }
    this.#mustBeFree(options.name);
    const simulation = createSimulation(options);
    this.#clusters.set(options.name, simulation);
    return simulation;
  }

  /** Takes in a simulation that was restored or forked. Throws FleetError: ClusterExists. */
  add(simulation: Simulation): void {
    this.#mustBeFree(simulation.name);
    this.#clusters.set(simulation.name, simulation);
  }

  /** Throws FleetError: ClusterNotFound. */
  get(name: string): Simulation {
    const found = this.#clusters.get(name);
    if (found === undefined) throw new FleetError('ClusterNotFound', `cluster "${name}" not found`);
    return found;
  }

  find(name: string): Simulation | undefined {
    return this.#clusters.get(name);
  }

  /** In order of name. */
  list(): readonly Simulation[] {
    return [...this.#clusters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws FleetError: ClusterNotFound. */
  delete(name: string): void {
    this.get(name);
    this.#clusters.delete(name);
  }

  #mustBeFree(name: string): void {
    if (this.#clusters.has(name)) throw new FleetError('ClusterExists', `cluster "${name}" already exists`);
  }
}
