/** What the registry takes of anyone at once. */
export interface RegistryLimits {
  /** Bytes of one package; ChartMuseum's default is the same 20 MiB. */
  readonly packageBytes: number;
  /** Bytes of all uploads that are being received together; more are refused with 503 until some are done. */
  readonly uploadBytes: number;
  /** Milliseconds within which an upload must have come; slower ones are refused with 408. */
  readonly uploadTime: number;
  /** Milliseconds that an upload may pause. */
  readonly uploadPause: number;
  /** Characters of the metadata, as JSON, of a chart and its subcharts: every list and index repeats it. */
  readonly metadataLength: number;
  /** Bytes of packages kept in memory. */
  readonly cacheBytes: number;
  /** The most items a list gives in one answer. */
  readonly pageItems: number;
}

export const defaultLimits: RegistryLimits = {
  packageBytes: 20 * 1024 * 1024,
  uploadBytes: 256 * 1024 * 1024,
  uploadTime: 10 * 60 * 1000,
  uploadPause: 30 * 1000,
  metadataLength: 1024 * 1024,
  cacheBytes: 64 * 1024 * 1024,
  pageItems: 1000,
};
