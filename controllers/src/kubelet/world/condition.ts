/** What `test`, `[` and `[[` ask: files, texts and numbers, with `!`, `-a` and `-o`. */
import type { Process } from './process.ts';
import { NotUnderstood } from './shell-syntax.ts';

/** Throws NotUnderstood. */
export function conditionHolds(process: Process, args: readonly string[]): boolean {
  for (const [operator, some] of [
    ['-o', true],
    ['-a', false],
  ] as const) {
    const at = args.indexOf(operator);
    if (at > 0) {
      const [left, right] = [conditionHolds(process, args.slice(0, at)), conditionHolds(process, args.slice(at + 1))];
      return some ? left || right : left && right;
    }
  }
  if (args[0] === '!' && args.length > 1) return !conditionHolds(process, args.slice(1));
  const [first = '', second = '', third = ''] = args;
  if (args.length <= 1) return first !== '';
  if (args.length === 2) return isTrueOf(process, first, second);
  if (args.length === 3) return compares(first, second, third);
  throw new NotUnderstood('a condition');
}

function isTrueOf(process: Process, operator: string, value: string): boolean {
  switch (operator) {
    case '-z':
      return value === '';
    case '-n':
      return value !== '';
    case '-f':
      return process.hasFile(value);
    case '-e':
    case '-r':
    case '-w':
      return process.hasFile(value) || process.isDirectory(value);
    case '-s':
      return (process.file(value)?.bytes.length ?? 0) > 0;
    case '-d':
      return process.isDirectory(value) && !process.hasFile(value);
    default:
      throw new NotUnderstood(operator);
  }
}

function compares(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '-eq':
      return Number(left) === Number(right);
    case '-ne':
      return Number(left) !== Number(right);
    case '-lt':
      return Number(left) < Number(right);
    case '-le':
      return Number(left) <= Number(right);
    case '-gt':
      return Number(left) > Number(right);
    case '-ge':
      return Number(left) >= Number(right);
    default:
      throw new NotUnderstood(operator);
  }
}
