/** An error for the person at the terminal: a line, and what is known beyond it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** As the server's error bodies. */
  readonly code: string;
  readonly lines: readonly string[];
  constructor(message: string, options: { readonly code?: string; readonly lines?: readonly string[] } = {}) {
    super(message);
    this.code = options.code ?? 'Invalid';
    this.lines = options.lines ?? [];
  }
}
