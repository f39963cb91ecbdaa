/**
 * Conditions of a Deployment: as deployment_util's SetDeploymentCondition, one with the same status and reason is left
 * as it is, and a changed one moves to the end.
 */
import type { DeploymentCondition, DeploymentStatus } from '../../apimachinery/kinds.ts';
import { formatTime, type Instant } from '../../apimachinery/time.ts';

export type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure';

export function getCondition(
  status: DeploymentStatus | undefined,
  type: ConditionType,
): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function newCondition(
  type: ConditionType,
  status: 'True' | 'False' | 'Unknown',
  { reason, message, now }: { readonly reason: string; readonly message: string; readonly now: Instant },
): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

export function withCondition(status: DeploymentStatus, condition: DeploymentCondition): DeploymentStatus {
  const current = getCondition(status, condition.type as ConditionType);
  if (current?.status === condition.status && current.reason === condition.reason) return status;
  const kept =
    current?.status === condition.status && current.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: current.lastTransitionTime }
      : condition;
  return { ...status, conditions: [...others(status, condition.type), kept] };
}

export function withoutCondition(status: DeploymentStatus, type: ConditionType): DeploymentStatus {
  if (getCondition(status, type) === undefined) return status;
  const { conditions: _, ...rest } = status;
  const left = others(status, type);
  return left.length === 0 ? rest : { ...rest, conditions: left };
}

function others(status: DeploymentStatus, type: string): readonly DeploymentCondition[] {
  return (status.conditions ?? []).filter((condition) => condition.type !== type);
}
