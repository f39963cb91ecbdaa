/** An error for the person at the terminal: a line, and what is known beyond it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** As the server's error bodies. */
  readonly code: string;
  readonly lines: readonly string[];
  /** The message is printed as it is, with all its lines. */
  readonly isVerbatim: boolean;
  constructor(
    message: string,
    options: { readonly code?: string; readonly lines?: readonly string[]; readonly isVerbatim?: boolean } = {},
  ) {
    super(message);
    this.isVerbatim = options.isVerbatim === true;
    this.code = options.code ?? 'Invalid';
    this.lines = options.lines ?? [];
  }
}
