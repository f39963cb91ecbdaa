/** What the engines say where a render ends at a limit: which one, and how it is set. */

export function tooManySteps(limit: number): string {
  return `the template takes more than ${limit} steps (--max-render-steps)`;
}

export function tooMuchOutput(limit: number): string {
  return `the output is larger than ${limit} bytes (--max-render-output)`;
}

export function nestedTooDeep(limit: number): string {
  return `templates are nested more than ${limit} deep (--max-render-depth)`;
}
