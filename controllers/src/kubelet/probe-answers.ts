/**
 * What the probes of a container find, as far as its command is understood: a program in the container looks at the files
 * that the container's own command has written by then. Of all else nothing is known, and the answer is yes.
 */
import type { Container, Probe } from '../apimachinery/kinds.ts';
import { type Duration, SECOND } from '../apimachinery/time.ts';
import { type CommandOptions, commandOutcome, outcomeOf } from './command.ts';
import { imageName } from './image-programs.ts';

/** When a probe's answer is yes: from `from` until `until`, both after the container's start. */
export interface ProbeAnswer {
  readonly from: Duration;
  readonly until: Duration;
}

const FOREVER = Number.POSITIVE_INFINITY;
export const ALWAYS: ProbeAnswer = { from: 0, until: FOREVER };
export const NEVER: ProbeAnswer = { from: FOREVER, until: FOREVER };
/** Changes of files after these are not looked at. */
const MAX_CHANGES = 20;
const CONSTANT = /^(?:\/(?:usr\/)?bin\/)?(?:true|false)$/;

export function probeAnswer(
  container: Container,
  probe: Probe | undefined,
  world: NonNullable<CommandOptions['world']>,
): ProbeAnswer {
  if (probe === undefined) return ALWAYS;
  if (probe.exec !== undefined) return execAnswer(container, probe, world);
  return serverAnswer(container, probe);
}

function execAnswer(container: Container, probe: Probe, world: NonNullable<CommandOptions['world']>): ProbeAnswer {
  const words = probe.exec?.command ?? [];
  if (CONSTANT.test(words.join(' '))) return words[0]?.endsWith('true') === true ? ALWAYS : NEVER;
  const whole = commandOutcome(container, { world });
  if (whole === undefined) return ALWAYS;
  const limit = (probe.timeoutSeconds ?? 1) * SECOND;
  let from: Duration | undefined;
  for (const at of [0, ...whole.changes.slice(0, MAX_CHANGES)]) {
    const files = commandOutcome(container, { world, horizon: at })?.files;
    const outcome = outcomeOf(words, { world: () => ({ ...world(), ...(files === undefined ? {} : { files }) }) });
    if (outcome === undefined) return ALWAYS;
    const isFine = outcome.exitCode === 0 && outcome.duration <= limit;
    if (isFine) from ??= at;
    else if (from !== undefined) return { from, until: at };
  }
  return from === undefined ? NEVER : { from, until: FOREVER };
}

/** The servers of Kubernetes' own test image that fall ill after a time (test/images/agnhost, v1.34). */
function serverAnswer({ image = '', command = [], args = [] }: Container, probe: Probe): ProbeAnswer {
  if (imageName(image) !== 'agnhost') return ALWAYS;
  const [program = '', ...options] = command.length === 0 ? args : [...command.slice(1), ...args];
  if (program === 'liveness' && probe.httpGet?.path === '/healthz') return { from: 0, until: 10 * SECOND };
  if (program === 'grpc-health-checking' && probe.grpc !== undefined) {
    const delay = Number(/^--?delay-unhealthy-sec[= ](-?\d+)/.exec(options.join(' '))?.[1] ?? -1);
    if (delay >= 0) return { from: 0, until: delay * SECOND };
  }
  return ALWAYS;
}
