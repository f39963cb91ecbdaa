/** Whether somebody may do something: members of `system:masters` may, others by their roles (authorization mode RBAC). */
import { isMaster } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import type { Attributes } from './attributes.ts';
import { rulesFor } from './rbac.ts';
import { ruleAllows } from './rules.ts';

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it, or what is wrong with some. */
  readonly reason: string;
}

/** What the roles say, whether or not the cluster enforces them. */
export function decide(core: Core, attributes: Attributes): Decision {
  if (isMaster(attributes.user)) return { allowed: true, reason: '' };
  const problems: string[] = [];
  for (const visit of rulesFor(core, attributes.user, attributes.namespace ?? '')) {
    if (visit.rule === undefined) problems.push(visit.problem);
    else if (ruleAllows(visit.rule, attributes)) {
      return { allowed: true, reason: `RBAC: allowed by ${visit.source()}` };
    }
  }
  return { allowed: false, reason: problems.length === 0 ? '' : `RBAC: ${aggregate(problems)}` };
}

/** Several errors as one: in brackets where there is more than one. */
export function aggregate(problems: readonly string[]): string {
  const distinct = [...new Set(problems)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
