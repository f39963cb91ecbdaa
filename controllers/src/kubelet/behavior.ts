/**
 * How a simulated container behaves: a table of annotations over defaults. Ours have the prefix
 * `simulation.drydock.dev/`; those of KWOK's fast pods (`pod-ready.stage.kwok.x-k8s.io/delay`, `.../jitter-delay`) are
 * understood too, so that scenarios written for KWOK run unchanged.
 *
 *   image: missing [container=NAME]           the image can't be pulled
 *   pull: 5s [container=NAME]                 how long pulling takes (1s)
 *   startup: 3s [container=NAME]              how long from created to running (1s); with a startupProbe, to its success
 *   run: duration=30s exit=0 [container=NAME] it ends by itself
 *   crash: exit=1 after=5s [times=3] [container=NAME]   it fails, each time or the first times
 *   oom: after=5s [container=NAME]            killed for its memory: OOMKilled, exit code 137
 *   readiness: never | after=30s | fail after=1m [container=NAME]
 *   liveness: fail after=1m [container=NAME]
 *   termination: 10s | ignore [container=NAME]  how long it takes to stop when asked to (1s); ignore: until it is killed
 *   cpu: 200m, memory: 100Mi [container=NAME] what it uses
 *   logs: text                                what it writes
 */
import type { Container, Pod } from '../apimachinery/kinds.ts';
import { type Duration, SECOND } from '../apimachinery/time.ts';
import { ANNOTATION_PREFIX } from './annotations.ts';
import { type CommandOptions, commandOutcome } from './command.ts';
import { parseDuration } from './duration.ts';
import { answerByFiles } from './exec/file-probes.ts';
import { runsOnByItself } from './image-programs.ts';
import { NEVER, type ProbeAnswer, probeAnswer } from './probe-answers.ts';
import { EMPTY_WORLD } from './world/world.ts';

export interface Ending {
  readonly after: Duration;
  readonly exitCode: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled';
  /** What it says of its end in its status. */
  readonly message?: string;
  /** Only the first so many runs end so. */
  readonly times: number;
}

export interface ContainerBehavior {
  readonly imageMissing: boolean;
  readonly pull: Duration;
  readonly start: Duration;
  /** Undefined: it runs until it is stopped. */
  readonly ending: Ending | undefined;
  readonly readiness: ProbeAnswer;
  readonly hasReadiness: boolean;
  readonly liveness: ProbeAnswer;
  readonly hasLiveness: boolean;
  readonly startup: ProbeAnswer;
  /** Infinity: it ignores SIGTERM. */
  readonly termination: Duration;
}

export interface BehaviorDefaults {
  readonly pull: Duration;
  readonly start: Duration;
  readonly completion: Duration;
  readonly termination: Duration;
}

export const DEFAULT_BEHAVIOR: BehaviorDefaults = {
  pull: SECOND,
  start: SECOND,
  completion: 2 * SECOND,
  termination: SECOND,
};

/** A value such as `fail after=1m container=web`: words and named options. */
interface Setting {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function parseSetting(text: string): Setting {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const token of text.trim().split(/[\s,]+/)) {
    const at = token.indexOf('=');
    if (at < 0) words.push(token);
    else options.set(token.slice(0, at), token.slice(at + 1));
  }
  return { words, options };
}

type Draft = { -readonly [K in keyof ContainerBehavior]: ContainerBehavior[K] };

interface Rule {
  readonly annotation: string;
  apply(draft: Draft, setting: Setting): void;
}

function durationOf(setting: Setting, option: string): Duration | undefined {
  const text = setting.options.get(option) ?? setting.words.find((word) => /^\d/.test(word));
  return text === undefined ? undefined : parseDuration(text);
}

/** `never`, `after=30s`, `fail`, `fail after=1m`. */
function answerOf(setting: Setting): ProbeAnswer {
  if (setting.words.includes('never')) return NEVER;
  const after = durationOf(setting, 'after') ?? 0;
  if (setting.words.includes('fail')) return { from: 0, until: after };
  return { from: after, until: Number.POSITIVE_INFINITY };
}

function endingOf(setting: Setting, defaults: Pick<Ending, 'exitCode' | 'reason'>): Ending {
  const exit = setting.options.get('exit');
  const exitCode = exit !== undefined && /^\d+$/.test(exit) ? Number(exit) : defaults.exitCode;
  const times = Number(setting.options.get('times') ?? Number.POSITIVE_INFINITY);
  return {
    after: durationOf(setting, 'after') ?? durationOf(setting, 'duration') ?? 0,
    exitCode,
    reason: defaults.reason === 'OOMKilled' ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    times: Number.isNaN(times) ? Number.POSITIVE_INFINITY : times,
  };
}

/** Later rules win. */
const RULES: readonly Rule[] = [
  {
    annotation: 'image',
    apply(draft, { words }) {
      draft.imageMissing = words.includes('missing');
    },
  },
  {
    annotation: 'pull',
    apply(draft, setting) {
      draft.pull = durationOf(setting, 'after') ?? draft.pull;
    },
  },
  {
    annotation: 'startup',
    apply(draft, setting) {
      if (setting.words.includes('never')) draft.startup = NEVER;
      else draft.start = durationOf(setting, 'after') ?? draft.start;
    },
  },
  {
    annotation: 'run',
    apply(draft, setting) {
      draft.ending = endingOf(setting, { exitCode: 0, reason: 'Completed' });
    },
  },
  {
    annotation: 'crash',
    apply(draft, setting) {
      draft.ending = endingOf(setting, { exitCode: 1, reason: 'Error' });
    },
  },
  {
    annotation: 'oom',
    apply(draft, setting) {
      draft.ending = endingOf(setting, { exitCode: 137, reason: 'OOMKilled' });
    },
  },
  {
    annotation: 'readiness',
    apply(draft, setting) {
      draft.readiness = answerOf(setting);
      draft.hasReadiness = true;
    },
  },
  {
    annotation: 'liveness',
    apply(draft, setting) {
      draft.liveness = answerOf(setting);
      draft.hasLiveness = true;
    },
  },
  {
    annotation: 'termination',
    apply(draft, setting) {
      draft.termination = setting.words.includes('ignore')
        ? Number.POSITIVE_INFINITY
        : (durationOf(setting, 'after') ?? draft.termination);
    },
  },
];

/** KWOK's stages of a fast pod: delay up to jitter-delay, evenly spread by `spread` in [0, 1). */
export function kwokDelay(pod: Pod, stage: string, spread: number): Duration | undefined {
  const annotations = pod.metadata.annotations ?? {};
  const delay = parseDuration(annotations[`${stage}.stage.kwok.x-k8s.io/delay`] ?? '');
  if (delay === undefined) return undefined;
  const jitter = parseDuration(annotations[`${stage}.stage.kwok.x-k8s.io/jitter-delay`] ?? '') ?? delay;
  return delay + Math.max(0, jitter - delay) * spread;
}

export interface BehaviorContext {
  readonly defaults: BehaviorDefaults;
  /** In [0, 1), fixed for a pod. */
  readonly spread: number;
  readonly kind: 'init' | 'sidecar' | 'main';
  /** What its process finds. */
  readonly world?: CommandOptions['world'];
}

/** A container's behaviour, from the pod's annotations, its command, and the defaults. */
export function containerBehavior(pod: Pod, container: Container, context: BehaviorContext): ContainerBehavior {
  const { defaults, spread, kind, world = () => EMPTY_WORLD } = context;
  const isFast = kwokDelay(pod, 'pod-ready', spread) !== undefined;
  const draft: Draft = {
    imageMissing: false,
    pull: isFast ? 0 : defaults.pull,
    start: kwokDelay(pod, 'pod-ready', spread) ?? defaults.start,
    ending: defaultEnding(pod, container, context),
    readiness: probeAnswer(container, container.readinessProbe, world),
    hasReadiness: false,
    liveness: probeAnswer(container, container.livenessProbe, world),
    hasLiveness: false,
    startup: probeAnswer(container, container.startupProbe, world),
    termination: isFast ? Number.POSITIVE_INFINITY : defaults.termination,
  };
  for (const rule of RULES) {
    const text = pod.metadata.annotations?.[ANNOTATION_PREFIX + rule.annotation];
    if (text === undefined) continue;
    const setting = parseSetting(text);
    // Without a name a setting is for the containers proper; init containers and sidecars are named.
    const target = setting.options.get('container');
    if (target === undefined ? kind === 'main' || rule.annotation === 'image' : target === container.name) {
      rule.apply(draft, setting);
    }
  }
  draft.readiness = answerByFiles(pod, container, container.readinessProbe) ?? draft.readiness;
  draft.liveness = answerByFiles(pod, container, container.livenessProbe) ?? draft.liveness;
  return draft;
}

/** The pods of a Job are there to end, whatever their image is. */
function isOfJob(pod: Pod): boolean {
  return pod.metadata.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller === true) === true;
}

function defaultEnding(
  pod: Pod,
  container: Container,
  { defaults, spread, kind, world }: BehaviorContext,
): Ending | undefined {
  const outcome = commandOutcome(container, world === undefined ? {} : { world });
  if (outcome !== undefined) {
    if (outcome.duration === Number.POSITIVE_INFINITY) return undefined;
    const { exitCode, message } = outcome;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    return { after: outcome.duration, exitCode, reason, message, times: Number.POSITIVE_INFINITY };
  }
  if (kind === 'sidecar' || (kind === 'main' && (pod.spec.restartPolicy ?? 'Always') === 'Always')) return undefined;
  if (kind === 'main' && !isOfJob(pod) && runsOnByItself(container)) return undefined;
  const after = kind === 'init' ? defaults.start : (kwokDelay(pod, 'pod-complete', spread) ?? defaults.completion);
  return { after, exitCode: 0, reason: 'Completed', times: Number.POSITIVE_INFINITY };
}
