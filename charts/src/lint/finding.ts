/** What lint says of a chart: one finding at a time, each with its rule and, as far as it is known, its place. */

/** As Helm's; `error` is what will not work. */
export type Severity = 'info' | 'warning' | 'error';

export interface Finding {
  /** An id of the table of rules. */
  readonly rule: string;
  readonly severity: Severity;
  /** What Helm prints before the message: a file, a folder, or the chart's own path. May be empty. */
  readonly path: string;
  /** May have several lines. */
  readonly message: string;
  /** The file within the chart. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

/** What one chart was found to have. */
export interface LintResult {
  /** The path as it was given. */
  readonly path: string;
  /** The name of Chart.yaml, where that could be read. */
  readonly chart?: string;
  readonly findings: readonly Finding[];
  /** Why the chart could not be looked at, as Helm says it; then there are no findings. */
  readonly failure?: string;
}

const weights: Readonly<Record<Severity, number>> = { info: 1, warning: 2, error: 3 };

/** Whether a severity is as bad as another, or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return weights[severity] >= weights[least];
}
