/**
 * What trivial commands do, so that a pod that sleeps, echoes and exits behaves as it would: `sleep`, `exit`, `true`,
 * `false`, `echo`, `:`; alone or in a shell's list (`;`, `&&`, `||`, newlines). Anything else is not understood.
 */
import type { Container } from '../apimachinery/kinds.ts';
import type { Duration } from '../apimachinery/time.ts';
import { parseDuration } from './duration.ts';

export interface CommandOutcome {
  /** Infinity: it never ends. */
  readonly duration: Duration;
  readonly exitCode: number;
  readonly output: readonly string[];
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);
const MAX_SCRIPT = 10_000;

/** Undefined when the container has no command or one that is not understood. */
export function commandOutcome(container: Container): CommandOutcome | undefined {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return words.length === 0 || (container.command ?? []).length === 0 ? undefined : outcomeOf(words);
}

/** The outcome of a command given as words. */
export function outcomeOf(words: readonly string[]): CommandOutcome | undefined {
  const [program = '', ...rest] = words;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (!SHELLS.has(name)) return runSimple([name, ...rest]);
  const option = rest.findIndex((word) => /^-\w*c$/.test(word));
  const script = rest[option + 1];
  return option < 0 || script === undefined || script.length > MAX_SCRIPT ? undefined : runScript(script);
}

function runScript(script: string): CommandOutcome | undefined {
  if (/\bwhile\s+(true|:|\[ 1 \])\s*;?\s*do\b/.test(script)) {
    return { duration: Number.POSITIVE_INFINITY, exitCode: 0, output: [] };
  }
  let duration = 0;
  let exitCode = 0;
  const output: string[] = [];
  let skip: '&&' | '||' | undefined;
  for (const part of script.split(/(&&|\|\||;|\n)/)) {
    const statement = part.trim();
    if (statement === '&&' || statement === '||') {
      skip = (statement === '&&') === (exitCode !== 0) ? statement : undefined;
      continue;
    }
    if (statement === ';' || statement === '') {
      if (statement === ';' || part.includes('\n')) skip = undefined;
      continue;
    }
    if (skip !== undefined) continue;
    const words = statement.split(/\s+/).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
    if (words[0] === 'exec') words.shift();
    if (words[0] === 'trap' || words[0] === 'set') continue;
    const result = runSimple(words);
    if (result === undefined || /[|<>`$&]/.test(statement)) return undefined;
    duration += result.duration;
    exitCode = result.exitCode;
    output.push(...result.output);
    if (words[0] === 'exit' || duration === Number.POSITIVE_INFINITY) break;
  }
  return { duration, exitCode, output };
}

function runSimple([program = '', ...args]: readonly string[]): CommandOutcome | undefined {
  switch (program) {
    case 'true':
    case ':':
      return { duration: 0, exitCode: 0, output: [] };
    case 'false':
      return { duration: 0, exitCode: 1, output: [] };
    case 'exit':
      return /^\d*$/.test(args[0] ?? '')
        ? { duration: 0, exitCode: Number(args[0] ?? 0) % 256, output: [] }
        : undefined;
    case 'echo':
      return { duration: 0, exitCode: 0, output: [args.join(' ').replace(/^(['"])(.*)\1$/, '$2')] };
    case 'sleep': {
      if (args[0] === 'infinity' || args[0] === 'inf') {
        return { duration: Number.POSITIVE_INFINITY, exitCode: 0, output: [] };
      }
      const duration = parseDuration(args[0] ?? '');
      return duration === undefined ? undefined : { duration, exitCode: 0, output: [] };
    }
    case 'pause':
      return { duration: Number.POSITIVE_INFINITY, exitCode: 0, output: [] };
    default:
      return undefined;
  }
}
