/** Parameters of paths: one segment, or the several that a wildcard takes. */
import type { Request } from 'express';

/** The parameter as text, its segments joined by `/`; undefined when the path has none of this name. */
export function wildcardOf(request: Request, name: string): string | undefined {
  const value: unknown = request.params[name];
  return Array.isArray(value) ? value.join('/') : typeof value === 'string' ? value : undefined;
}
