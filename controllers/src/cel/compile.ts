/**
 * From text to a tree with types (cel-go's Env.Compile), with the errors that Kubernetes' API server shows.
 */
import { type Checked, check, type Scope } from './checker.ts';
import { validateLiterals } from './literal-checks.ts';
import { parse } from './parser.ts';
import { formatIssues } from './source.ts';
import type { CelType } from './types.ts';
import { DYN } from './types.ts';

export interface Compiled extends Checked {
  readonly type: CelType;
}

/** The checked expression, or all that is wrong with it as one text. */
export function compile(text: string, scope: Scope): { readonly compiled: Compiled } | { readonly errors: string } {
  const parsed = parse(text);
  if (parsed.issues.length > 0) return { errors: formatIssues(text, parsed.issues) };
  const { issues, ...checked } = check(parsed.expr, parsed.offsets, scope);
  if (issues.length > 0) return { errors: formatIssues(text, issues) };
  const late = validateLiterals(checked);
  if (late.length > 0) return { errors: formatIssues(text, late) };
  return { compiled: { ...checked, type: checked.types.get(checked.expr.id) ?? DYN } };
}
