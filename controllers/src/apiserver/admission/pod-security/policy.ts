/**
 * The policies of a namespace: a level and a version for each of enforce, audit and warn, by its labels
 * (pod-security-admission's api/helpers.go, v0.34).
 */
import { type FieldError, invalid } from '../../../apimachinery/api-errors.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  readonly level: Level;
  /** The minor of `v1.<minor>`; infinity for `latest`. */
  readonly minor: number;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

const PREFIX = 'pod-security.kubernetes.io/';
const LATEST = Number.POSITIVE_INFINITY;
const STRICTNESS: Readonly<Record<Level, number>> = { privileged: 0, baseline: 1, restricted: 2 };

/** `baseline:v1.30` */
export function formatPolicy({ level, minor }: LevelVersion): string {
  return `${level}:${minor === LATEST ? 'latest' : `v1.${minor}`}`;
}

/** Above 0 where the first is stricter. */
export function compareLevels(a: Level, b: Level): number {
  return STRICTNESS[a] - STRICTNESS[b];
}

export function isFullyPrivileged({ enforce, audit, warn }: Policy): boolean {
  return [enforce, audit, warn].every(({ level }) => level === 'privileged');
}

/** What the labels say; what is wrong with them, and what counts instead: restricted for enforce, nothing for the others. */
export function policyOf(labels: Readonly<Record<string, string>> = {}): {
  readonly policy: Policy;
  readonly errors: readonly FieldError[];
} {
  const errors: FieldError[] = [];
  const own = (name: string) => (Object.hasOwn(labels, PREFIX + name) ? labels[PREFIX + name] : undefined);
  const read = (mode: string, fallback: Level): LevelVersion & { readonly isValid: boolean } => {
    const [level, version] = [own(mode), own(`${mode}-version`)];
    const problem = (name: string, value: string, text: string) =>
      errors.push(invalid(`metadata.labels[${PREFIX}${name}]`, value, text));
    const known = level === undefined ? 'privileged' : isLevel(level) ? level : undefined;
    if (known === undefined) problem(mode, level ?? '', 'must be one of privileged, baseline, restricted');
    const minor = version === undefined ? LATEST : parseVersion(version);
    if (minor === undefined) problem(`${mode}-version`, version ?? '', 'must be "latest" or "v1.x"');
    return { level: known ?? fallback, minor: minor ?? LATEST, isValid: level !== undefined && known !== undefined };
  };
  const { isValid, ...enforce } = read('enforce', 'restricted');
  const { isValid: _audit, ...audit } = read('audit', 'privileged');
  const { isValid: _warn, ...warn } = read('warn', 'privileged');
  const follows = own('warn') === undefined && isValid && compareLevels(enforce.level, warn.level) > 0;
  const minor = own('warn-version') === undefined ? enforce.minor : warn.minor;
  return { policy: { enforce, audit, warn: follows ? { level: enforce.level, minor } : warn }, errors };
}

function isLevel(text: string): text is Level {
  return Object.hasOwn(STRICTNESS, text);
}

function parseVersion(text: string): number | undefined {
  if (text === 'latest') return LATEST;
  const match = /^v1\.(0|[1-9][0-9]*)$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}
