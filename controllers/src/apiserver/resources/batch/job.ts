/**
 * Job: its selector and labels are the server's, from its uid (pkg/registry/batch/job/strategy.go, v1.34).
 */
import { child, type Value } from '../../defaults/draft.ts';
import type { Draft } from '../resource.ts';

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
export const JOB_NAME = 'batch.kubernetes.io/job-name';
export const LEGACY_CONTROLLER_UID = 'controller-uid';
export const LEGACY_JOB_NAME = 'job-name';

export function prepareJob(draft: Draft): void {
  draft.status = {};
  const spec = child(draft, 'spec');
  if (spec.manualSelector === true) return;
  const uid = draft.metadata.uid ?? '';
  const name = draft.metadata.name ?? '';
  const template = child(spec, 'template');
  const metadata = child(template, 'metadata');
  const labels = child(metadata, 'labels');
  for (const [key, value] of [
    [CONTROLLER_UID, uid],
    [LEGACY_CONTROLLER_UID, uid],
    [JOB_NAME, name],
    [LEGACY_JOB_NAME, name],
  ] as const) {
    if (labels[key] === undefined) labels[key] = value;
  }
  draft.metadata.labels ??= labels as Record<string, string>;
  const selector = child(spec, 'selector');
  const matchLabels = (selector.matchLabels ?? {}) as Value;
  if (matchLabels[CONTROLLER_UID] === undefined) selector.matchLabels = { ...matchLabels, [CONTROLLER_UID]: uid };
}
