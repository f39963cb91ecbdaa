/**
 * The one error class of this package's chart side. `message` is Helm's own text where Helm has one; `code` tells
 * callers which kind of failure it was, and `details` what it is about.
 */

export type ChartErrorCode =
  /** Chart.yaml or another file of the chart breaks the format's rules. */
  | 'InvalidChart'
  /** The bytes are not a chart archive, or one that breaks a limit or reaches outside its folder. */
  | 'InvalidArchive'
  /** Values (a file, a flag, a default) do not parse or do not fit the chart. */
  | 'InvalidValues'
  /** Values do not meet a values.schema.json. */
  | 'SchemaViolation'
  /** A template does not parse or does not run. */
  | 'RenderFailed'
  /** What a template made is not YAML, or not an object. */
  | 'InvalidManifest'
  /** A dependency of Chart.yaml is not in charts/. */
  | 'MissingDependency'
  /** The chart asks for another Kubernetes version, or is a library. */
  | 'NotInstallable'
  /** A keyring that can't be read, or has no key to sign with. */
  | 'InvalidKeyring'
  /** What is signed is not what came, or not by a key of the keyring that counts. */
  | 'Unverified'
  /** No such chart, template or file. */
  | 'NotFound';

export interface ChartErrorDetails {
  readonly chart?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export class ChartError extends Error {
  override readonly name = 'ChartError';
  readonly code: ChartErrorCode;
  readonly details: ChartErrorDetails;
  constructor(code: ChartErrorCode, message: string, details: ChartErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
