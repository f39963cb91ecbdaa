/**
 * Status conditions: reading them, and setting one as apimachinery's meta.SetStatusCondition does (the transition time
 * moves only with the status).
 */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
  readonly observedGeneration?: number;
}

export function findCondition<T extends { readonly type: string }>(
  conditions: readonly T[] | undefined,
  type: string,
): T | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
  type: string,
): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** A list with the condition set; the same list when nothing changes. */
export function setCondition<T extends Condition>(
  conditions: readonly T[] | undefined,
  condition: T,
  now: string,
): readonly T[] {
  const list = conditions ?? [];
  const index = list.findIndex((entry) => entry.type === condition.type);
  const current = list[index];
  if (current === undefined) return [...list, { lastTransitionTime: now, ...condition }];
  const moved = current.status !== condition.status;
  const next: T = {
    ...current,
    ...condition,
    lastTransitionTime: moved ? (condition.lastTransitionTime ?? now) : current.lastTransitionTime,
  };
  const fields: readonly (keyof Condition)[] = ['status', 'reason', 'message', 'observedGeneration'];
  if (fields.every((field) => current[field] === next[field])) return list;
  return list.with(index, next);
}
