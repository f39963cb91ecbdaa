/**
 * The port to where charts come from: a folder or archive on disk, a registry, bytes that came with a request.
 */
import type { Chart } from '@drydock/charts';

/** A reference that was made exact. */
export interface ChartVersion {
  readonly ref: string;
  readonly name: string;
  readonly version: string;
}

/** A chart with the archive that it is made of. */
export interface ChartPackage {
  readonly chart: Chart;
  readonly archive: Uint8Array;
  /** SHA-256 of the archive, in hexadecimal. */
  readonly digest: string;
  /** For people: where it came from. */
  readonly source: string;
}

export interface ChartSource {
  /** Finds the version that a reference and a semver range (default: the latest release) mean. Throws ReleaseError NotFound. */
  resolve(ref: string, range?: string): Promise<ChartVersion>;
  /** Throws ChartError when the package is broken. */
  pull(version: ChartVersion): Promise<ChartPackage>;
}
