/** Lists of the names of Kubernetes' end-to-end tests: a name a line, or JSON lines with `name` and `needs`. */
import { readFileSync } from 'node:fs';

export interface E2eName {
  readonly name: string;
  /** What of a cluster the test is about, where the list says so: `api`, `controllers`. */
  readonly needs?: string;
}

/** Reads a list; lines that begin with # are comments. */
export function readE2eNames(file: string): E2eName[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseLine);
}

function parseLine(line: string): E2eName {
  if (!line.startsWith('{')) return { name: line };
  const { name, needs } = JSON.parse(line) as { name: string; needs?: string };
  return needs === undefined ? { name } : { name, needs };
}

/** `sig-apps` of `[sig-apps] Deployment ...`. */
export function sigOf(name: string): string {
  return /^\[(sig-[\w-]+)\]/.exec(name)?.[1] ?? 'other';
}
