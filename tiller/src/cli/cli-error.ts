/** An error for the person at the terminal: a line, and what is known beyond it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** As the server's error bodies. */
  readonly code: string;
  readonly lines: readonly string[];
  /** The message is printed as it is, with all its lines. */
  readonly isVerbatim: boolean;
  /** Told as a line of the log, as Helm tells what it finds before a command begins. */
  readonly isLogged: boolean;
  constructor(
    message: string,
    options: {
      readonly code?: string;
      readonly lines?: readonly string[];
      readonly isVerbatim?: boolean;
      readonly isLogged?: boolean;
    } = {},
  ) {
    super(message);
    this.isLogged = options.isLogged === true;
    this.isVerbatim = options.isVerbatim === true;
    this.code = options.code ?? 'Invalid';
    this.lines = options.lines ?? [];
  }
}

/** By name, too: the start script and the program proper each have a class of their own. */
export function isCliError(error: unknown): error is CliError {
  return error instanceof CliError || (error instanceof Error && error.name === 'CliError');
}
