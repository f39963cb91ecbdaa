/**
 * How fast and how far the autoscaler goes (pkg/controller/podautoscaler/horizontal.go v1.34): stabilisation over recent
 * recommendations, rates by policies, minimum and maximum.
 */
import type { HorizontalPodAutoscaler } from '../../apimachinery/kinds.ts';
import { type Duration, type Instant, MINUTE, SECOND } from '../../apimachinery/time.ts';

type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

interface Recommendation {
  readonly replicas: number;
  readonly at: Instant;
}

interface ScaleEvent {
  readonly change: number;
  readonly at: Instant;
}

/** What is remembered of one autoscaler. In memory only, as upstream. */
export interface ScalingMemory {
  recommendations: readonly Recommendation[];
  ups: readonly ScaleEvent[];
  downs: readonly ScaleEvent[];
  /** When it was last its turn. */
  turn: Instant | undefined;
}

export function newScalingMemory(): ScalingMemory {
  return { recommendations: [], ups: [], downs: [], turn: undefined };
}

export interface LimitRequest {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: Behavior | undefined;
  readonly now: Instant;
}

export interface Limited {
  readonly replicas: number;
  /** Reason and message of the condition ScalingLimited. */
  readonly limit: { readonly isLimited: boolean; readonly reason: string; readonly message: string };
  /** Reason and message of AbleToScale. */
  readonly stability: { readonly reason: string; readonly message: string };
}

const DOWN_WINDOW: Duration = 5 * MINUTE;
const LONGEST_MEMORY: Duration = 60 * MINUTE;
const DEFAULT_UP: Required<Pick<Rules, 'selectPolicy' | 'policies' | 'stabilizationWindowSeconds'>> = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DEFAULT_DOWN: typeof DEFAULT_UP = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };

/** The size to set, after stabilisation and limits. Remembers the recommendation. */
export function limitReplicas(memory: ScalingMemory, request: LimitRequest): Limited {
  const stable = request.behavior === undefined ? stabilizeDown(memory, request) : stabilizeBoth(memory, request);
  remember(memory, request);
  const stability =
    stable === request.desired
      ? READY
      : request.behavior !== undefined && request.desired >= request.current
        ? {
            reason: 'ScaleUpStabilized',
            message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
          }
        : {
            reason: 'ScaleDownStabilized',
            message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
          };
  const limited = request.behavior === undefined ? plainLimits(stable, request) : ratedLimits(memory, stable, request);
  return { ...limited, stability };
}

/** Notes a change of size, for the rates. */
export function noteScaling(
  memory: ScalingMemory,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: Instant },
): void {
  const isRecent = (event: ScaleEvent) => event.at > at - LONGEST_MEMORY;
  if (to > from) memory.ups = [...memory.ups.filter(isRecent), { change: to - from, at }];
  else memory.downs = [...memory.downs.filter(isRecent), { change: from - to, at }];
}

function remember(memory: ScalingMemory, { desired, now }: LimitRequest): void {
  memory.recommendations = [
    ...memory.recommendations.filter(({ at }) => at > now - LONGEST_MEMORY),
    { replicas: desired, at: now },
  ];
}

/** Down only as far as the highest recommendation of the last five minutes. */
function stabilizeDown({ recommendations }: ScalingMemory, { desired, now }: LimitRequest): number {
  return recommendations
    .filter(({ at }) => at >= now - DOWN_WINDOW)
    .reduce((most, { replicas }) => Math.max(most, replicas), desired);
}

function stabilizeBoth({ recommendations }: ScalingMemory, { desired, current, behavior, now }: LimitRequest): number {
  const up = { ...DEFAULT_UP, ...behavior?.scaleUp };
  const down = { ...DEFAULT_DOWN, ...behavior?.scaleDown };
  const within = (seconds: number) => recommendations.filter(({ at }) => at > now - seconds * SECOND);
  const lowest = within(up.stabilizationWindowSeconds).reduce(
    (least, { replicas }) => Math.min(least, replicas),
    desired,
  );
  const highest = within(down.stabilizationWindowSeconds).reduce(
    (most, { replicas }) => Math.max(most, replicas),
    desired,
  );
  return Math.min(Math.max(current, lowest), highest);
}

function plainLimits(stable: number, { current, min, max }: LimitRequest): Omit<Limited, 'stability'> {
  const upLimit = Math.max(2 * current, 4);
  if (stable < min)
    return limitedTo(min, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count');
  if (stable > Math.min(max, upLimit)) {
    return max > upLimit
      ? limitedTo(upLimit, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate')
      : limitedTo(max, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count');
  }
  return { replicas: stable, limit: { isLimited: false, ...WITHIN } };
}

function limitedTo(replicas: number, reason: string, message: string): Omit<Limited, 'stability'> {
  return { replicas, limit: { isLimited: true, reason, message } };
}

function ratedLimits(memory: ScalingMemory, stable: number, request: LimitRequest): Omit<Limited, 'stability'> {
  const { current, min, max, behavior, now } = request;
  if (stable > current) {
    const rate = Math.max(
      current,
      rateLimit(memory, { current, rules: { ...DEFAULT_UP, ...behavior?.scaleUp }, isUp: true, now }),
    );
    if (stable > Math.min(max, rate)) {
      return max > rate
        ? limitedTo(rate, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate')
        : limitedTo(max, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count');
    }
  } else if (stable < current) {
    const rate = Math.min(
      current,
      rateLimit(memory, { current, rules: { ...DEFAULT_DOWN, ...behavior?.scaleDown }, isUp: false, now }),
    );
    if (stable < Math.max(min, rate)) {
      return min < rate
        ? limitedTo(
            rate,
            'ScaleDownLimit',
            'the desired replica count is decreasing faster than the maximum scale rate',
          )
        : limitedTo(min, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count');
    }
  }
  return { replicas: stable, limit: { isLimited: false, ...WITHIN } };
}

interface RateRequest {
  readonly current: number;
  readonly rules: typeof DEFAULT_UP;
  readonly isUp: boolean;
  readonly now: Instant;
}

/** Up rounds up, down truncates; Max means the largest change. */
function rateLimit(memory: ScalingMemory, { current, rules, isUp, now }: RateRequest): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const since = (events: readonly ScaleEvent[], seconds: number) =>
    events.filter(({ at }) => at > now - seconds * SECOND).reduce((sum, { change }) => sum + change, 0);
  const proposals = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = current - since(memory.ups, periodSeconds) + since(memory.downs, periodSeconds);
    if (type === 'Pods') return isUp ? start + value : start - value;
    return isUp ? Math.ceil(start * (1 + value / 100)) : Math.trunc(start * (1 - value / 100));
  });
  const wantsMost = rules.selectPolicy !== 'Min';
  return wantsMost === isUp ? Math.max(...proposals) : Math.min(...proposals);
}
