/**
 * What probes find after commands have moved a container's files: the page of a web server that is away answers 404, and
 * a command that looks for such a file fails, until it is back.
 */
import type { Container, Pod, Probe } from '../../apimachinery/kinds.ts';
import { type Duration, parseTime } from '../../apimachinery/time.ts';
import { changesOf, documentRoot } from './file-changes.ts';

/** When the answer is yes: from `from` until `until`, after the container's start. */
export interface AnswerByFiles {
  readonly from: Duration;
  readonly until: Duration;
}

/** Undefined when no file matters that was touched. */
export function answerByFiles(pod: Pod, container: Container, probe: Probe | undefined): AnswerByFiles | undefined {
  if (probe === undefined) return undefined;
  const { removed, restored } = changesOf(pod, container.name);
  const running = pod.status?.containerStatuses?.find(({ name }) => name === container.name)?.state?.running;
  const start = parseTime(running?.startedAt ?? '');
  if (Number.isNaN(start)) return undefined;
  const times = (changes: Readonly<Record<string, string>>): number[] =>
    Object.entries(changes)
      .filter(([path]) => looksFor(container, probe, path))
      .map(([, time]) => Math.max(0, parseTime(time) - start));
  const gone = times(removed);
  if (gone.length > 0) return { from: 0, until: Math.min(...gone) };
  const back = times(restored);
  return back.length === 0 ? undefined : { from: Math.max(...back), until: Number.POSITIVE_INFINITY };
}

function looksFor(container: Container, { httpGet, exec }: Probe, path: string): boolean {
  if (exec !== undefined) return (exec.command ?? []).some((word) => word.includes(path));
  const root = documentRoot(container);
  if (httpGet === undefined || root === undefined) return false;
  const asked = (httpGet.path ?? '/').replace(/[?#].*$/, '');
  return path === `${root}${asked.endsWith('/') ? `${asked}index.html` : asked}`;
}
