/**
 * Functions on paths: base, dir, clean, ext, isAbs, and the same with `os` before them, which on Linux are no different.
 * Follows Go's path and path/filepath.
 */
import { text } from './arguments.ts';
import type { TemplateFunction } from './function.ts';

/** base, dir, clean, ext, isAbs, osBase, osDir, osClean, osExt, osIsAbs. */
export const pathFunctions: readonly TemplateFunction[] = (
  [
    ['base', 'osBase', base],
    ['dir', 'osDir', dir],
    ['clean', 'osClean', clean],
    ['ext', 'osExt', ext],
  ] as const
)
  .flatMap(([name, osName, apply]): TemplateFunction[] =>
    [name, osName].map((each) => ({
      name: each,
      parameters: ['string'],
      result: 'string',
      call: ([path]) => apply(text(path)),
    })),
  )
  .concat(
    ['isAbs', 'osIsAbs'].map((name) => ({
      name,
      parameters: ['string'],
      result: 'bool',
      call: ([path]) => text(path).startsWith('/'),
    })),
  );

/** The shortest path of the same meaning. */
function clean(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const joined = kept.join('/');
  return isRooted ? `/${joined}` : joined || '.';
}

function base(path: string): string {
  if (path === '') return '.';
  const trimmed = path.slice(0, endWithoutSlashes(path));
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function endWithoutSlashes(path: string): number {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return end;
}

function dir(path: string): string {
  return clean(path.slice(0, path.lastIndexOf('/') + 1));
}

function ext(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}
