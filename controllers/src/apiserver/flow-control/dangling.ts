/** The condition that says whether a flow schema's priority level is there (apiserver's util/flowcontrol, v1.34). */

export const STATUS_MANAGER = 'api-priority-and-fairness-config-consumer-v1';

export interface DanglingCondition {
  readonly type: 'Dangling';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** `level` is the name of the priority level. */
export function danglingCondition(level: string, exists: boolean): DanglingCondition {
  const words = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${words} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${words} but there is no such object` };
}
