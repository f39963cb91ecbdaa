/**
 * .helmignore: which files of a chart folder are no part of the chart. Helm v4's own rules (pkg/ignore), which are not
 * those of git: patterns are tried in order and the first match decides, a `!` pattern ignores all that it does not
 * match, `**` is refused, and a pattern without a slash sees the base name only.
 */

import { ChartError } from './chart-error.ts';
import { matchPath, PatternError } from './path-match.ts';
import { trimSpace } from './text.ts';

/** Whether a path (relative to the chart, with `/`) is ignored. */
export type IgnoreRules = (path: string, kind: { readonly directory: boolean }) => boolean;

interface Pattern {
  readonly match: (path: string) => boolean;
  readonly negate: boolean;
  readonly directoryOnly: boolean;
}

/** Parses .helmignore and adds Helm's default, dot files of templates/. Throws ChartError for a bad pattern. */
export function parseIgnoreRules(text: string): IgnoreRules {
  const patterns = [...text.split('\n').map(parsePattern), parsePattern('templates/.?*')].filter(
    (pattern) => pattern !== undefined,
  );
  return (path, kind) => {
    if (path === '' || path === '.' || path === './') return false;
    for (const pattern of patterns) {
      if (pattern.negate) {
        if ((pattern.directoryOnly && !kind.directory) || !pattern.match(path)) return true;
      } else if (!(pattern.directoryOnly && !kind.directory) && pattern.match(path)) {
        return true;
      }
    }
    return false;
  };
}

function parsePattern(line: string): Pattern | undefined {
  let rule = trimSpace(line);
  if (rule === '' || rule.startsWith('#')) return undefined;
  if (rule.includes('**')) throw broken('double-star (**) syntax is not supported');
  try {
    matchPath(rule, 'abc');
  } catch (error) {
    if (error instanceof PatternError) throw broken(error.message);
    throw error;
  }
  const negate = rule.startsWith('!');
  if (negate) rule = rule.slice(1);
  const directoryOnly = rule.endsWith('/');
  if (directoryOnly) rule = rule.slice(0, -1);
  const anchored = rule.startsWith('/');
  const pattern = anchored ? rule.slice(1) : rule;
  const wholePath = anchored || rule.includes('/');
  const match = (path: string): boolean => {
    const subject = wholePath ? path : path.slice(path.lastIndexOf('/') + 1);
    try {
      return matchPath(pattern, subject);
    } catch (error) {
      // A pattern that is broken only further on than the check above looked matches nothing, as in Helm.
      if (error instanceof PatternError) return false;
      throw error;
    }
  };
  return { match, negate, directoryOnly };
}

function broken(message: string): ChartError {
  return new ChartError('InvalidChart', message, { file: '.helmignore' });
}
