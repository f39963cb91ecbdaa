/**
 * What simulated containers wrote: lines by annotation (`simulation.drydock.dev/logs`), the output of trivial commands, or
 * a few believable lines; computed from the pod when they are asked for.
 */
import type { Container, ContainerStatus, Pod } from '../apimachinery/kinds.ts';
import { formatMicroTime, type Instant, parseTime, SECOND } from '../apimachinery/time.ts';
import { ANNOTATION_PREFIX } from './behavior.ts';
import { commandOutcome } from './command.ts';

export interface LogQuery {
  readonly container: string;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
}

interface Line {
  readonly at: Instant;
  readonly text: string;
}

/** The text of a container's log. Empty for one that has not run. */
export function containerLog(pod: Pod, query: LogQuery, now: Instant): string {
  const container = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
    ({ name }) => name === query.container,
  );
  const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    ({ name }) => name === query.container,
  );
  if (container === undefined || status === undefined) return '';
  let lines = linesOf(pod, container, status, query.previous);
  const { sinceSeconds, tailLines, limitBytes } = query;
  if (sinceSeconds !== undefined) lines = lines.filter(({ at }) => at >= now - sinceSeconds * SECOND);
  if (tailLines !== undefined) lines = tailLines === 0 ? [] : lines.slice(-tailLines);
  const text = lines
    .map(({ at, text: line }) => `${query.timestamps ? `${formatMicroTime(at)} ` : ''}${line}\n`)
    .join('');
  return limitBytes === undefined ? text : text.slice(0, limitBytes);
}

function linesOf(pod: Pod, container: Container, status: ContainerStatus, previous: boolean): readonly Line[] {
  const { state, lastState } = status;
  const run = previous ? lastState?.terminated : (state?.running ?? state?.terminated ?? lastState?.terminated);
  const start = parseTime(run?.startedAt ?? '');
  if (run === undefined || Number.isNaN(start)) return [];
  const written = pod.metadata.annotations?.[`${ANNOTATION_PREFIX}logs`];
  if (written !== undefined) return written.split('\n').map((text) => ({ at: start, text }));
  const outcome = commandOutcome(container);
  if (outcome !== undefined) return outcome.output.map((text) => ({ at: start, text }));
  const lines: Line[] = [
    { at: start, text: `starting ${container.image ?? container.name}` },
    ...(container.ports ?? []).map(({ containerPort }) => ({ at: start, text: `listening on port ${containerPort}` })),
  ];
  const ended = previous
    ? lastState?.terminated
    : (state?.terminated ?? (state?.running === undefined ? lastState?.terminated : undefined));
  if (ended === undefined) return lines;
  const end = parseTime(ended.finishedAt ?? '');
  const text =
    ended.reason === 'OOMKilled'
      ? 'killed: out of memory'
      : ended.exitCode === 0
        ? 'done'
        : `fatal: exiting with code ${ended.exitCode}`;
  return [...lines, { at: Number.isNaN(end) ? start : end, text }];
}
