/** Versions of charts and ranges of them, as Masterminds/semver reads them: the same rules as `semverCompare`. */
import { FunctionError } from '../engine/functions/function.ts';
import { checkConstraints, parseConstraints } from '../engine/functions/semver-constraints.ts';
import { parseVersion } from '../engine/functions/semver-version.ts';

/** Whether a text is a version; `1` and `v1.2` are. */
export function isVersion(text: string): boolean {
  return attempt(() => parseVersion(text)) !== undefined;
}

/** Whether a version is within a range. False as well where either does not parse, as Helm has it. */
export function isCompatible(range: string, version: string): boolean {
  return attempt(() => checkConstraints(parseConstraints(range), parseVersion(version))) ?? false;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}
