/** The program's exit codes: documented, and stable. */
export const EXIT_CODES = {
  ok: 0,
  error: 1,
} as const;
