/**
 * What simulated containers wrote: lines by annotation (`simulation.drydock.dev/logs`), the output of trivial commands, or
 * a few believable lines; computed from the pod when they are asked for.
 */
import type { Container, ContainerStatus, Pod } from '../apimachinery/kinds.ts';
import { formatMicroTime, type Instant, parseTime, SECOND } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';
import { ANNOTATION_PREFIX } from './annotations.ts';
import { commandOutcome } from './command.ts';
import { worldOfRun } from './container-run.ts';
import { ephemeralOf } from './ephemeral.ts';
import type { Output } from './world/process.ts';

export interface LogQuery {
  readonly container: string;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  readonly sinceTime?: Instant;
}

interface Line {
  readonly at: Instant;
  readonly text: string;
  /** It has no line feed at its end. */
  readonly isOpen?: boolean;
}

/** What a log is made from besides the pod. */
export interface LogContext {
  readonly now: Instant;
  readonly client: Client;
}

/** The text of a container's log. Empty for one that has not run. */
export function containerLog(pod: Pod, query: LogQuery, { now, client }: LogContext): string {
  const container = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...ephemeralOf(pod)].find(
    ({ name }) => name === query.container,
  );
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  const status = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    ({ name }) => name === query.container,
  );
  if (container === undefined || status === undefined) return '';
  let lines = linesOf(pod, container, { status, previous: query.previous, now, client });
  const { sinceSeconds, sinceTime, tailLines, limitBytes } = query;
  if (sinceTime !== undefined) lines = lines.filter(({ at }) => at >= sinceTime);
  if (sinceSeconds !== undefined) lines = lines.filter(({ at }) => at >= now - sinceSeconds * SECOND);
  if (tailLines !== undefined) lines = tailLines === 0 ? [] : lines.slice(-tailLines);
  const text = lines
    .map(
      ({ at, text: line, isOpen }) =>
        `${query.timestamps ? `${formatMicroTime(at)} ` : ''}${line}${isOpen ? '' : '\n'}`,
    )
    .join('');
  return limitBytes === undefined ? text : text.slice(0, limitBytes);
}

interface RunOptions extends LogContext {
  readonly status: ContainerStatus;
  readonly previous: boolean;
}

function linesOf(pod: Pod, container: Container, { status, previous, now, client }: RunOptions): readonly Line[] {
  const { state, lastState } = status;
  const run = previous ? lastState?.terminated : (state?.running ?? state?.terminated ?? lastState?.terminated);
  const start = parseTime(run?.startedAt ?? '');
  if (run === undefined || Number.isNaN(start)) return [];
  const written = pod.metadata.annotations?.[`${ANNOTATION_PREFIX}logs`];
  if (written !== undefined) return written.split('\n').map((text) => ({ at: start, text }));
  const runs = status.restartCount + (previous ? 0 : 1);
  const end = 'finishedAt' in run ? parseTime(String(run.finishedAt ?? '')) : now;
  const outcome = commandOutcome(container, {
    world: () => ({ ...worldOfRun(pod, container, client, runs), start }),
    horizon: Math.max(0, (Number.isNaN(end) ? now : end) - start),
  });
  if (outcome !== undefined) return linesOfOutput(outcome.output, start);
  const lines: Line[] = [
    { at: start, text: `starting ${container.image ?? container.name}` },
    ...(container.ports ?? []).map(({ containerPort }) => ({ at: start, text: `listening on port ${containerPort}` })),
  ];
  const ended = previous
    ? lastState?.terminated
    : (state?.terminated ?? (state?.running === undefined ? lastState?.terminated : undefined));
  if (ended === undefined) return lines;
  const endedAt = parseTime(ended.finishedAt ?? '');
  const text =
    ended.reason === 'OOMKilled'
      ? 'killed: out of memory'
      : ended.exitCode === 0
        ? 'done'
        : `fatal: exiting with code ${ended.exitCode}`;
  return [...lines, { at: Number.isNaN(endedAt) ? start : endedAt, text }];
}

/** A line has the time of its first piece. */
function linesOfOutput(output: readonly Output[], start: Instant): readonly Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const { after, text } of output) {
    for (const piece of text.split(/(?<=\n)/)) {
      const at = open?.at ?? start + after;
      const line = (open?.text ?? '') + piece;
      if (piece.endsWith('\n')) {
        lines.push({ at, text: line.slice(0, -1) });
        open = undefined;
      } else open = { at, text: line };
    }
  }
  return open === undefined ? lines : [...lines, { ...open, isOpen: true }];
}
