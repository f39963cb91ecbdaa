/**
 * The port that template engines implement: a set of sources is compiled once, and rendered as often as wanted.
 * Implementations: gotemplate (Helm's), handlebars. Pure: no I/O, no clock and no randomness but what is given.
 */
import type { GoValue } from './gotemplate/go-value.ts';

/** One template file. `name` is its full name, e.g. `mychart/templates/a.yaml`. */
export interface TemplateSource {
  readonly name: string;
  readonly text: string;
}

/** What a template renders with: the value of `.`. */
export type TemplateData = GoValue;

/** Milliseconds since the epoch. */
export type Instant = number;

/** The cluster objects that `lookup` sees. Unknown keys are answered empty and recorded by the caller. */
export type Lookup = (apiVersion: string, kind: string, namespace: string, name: string) => Map<string, GoValue>;

/** Random bytes and numbers; a seeded source makes a render repeatable. */
export interface RandomSource {
  bytes(count: number): Uint8Array;
}

/** Where hostile templates end. */
export interface Limits {
  /** Bytes that one render may produce, `include` and `tpl` taken together. */
  readonly outputBytes: number;
  /** Nodes evaluated, and the work of functions counted in such steps. */
  readonly steps: number;
  /** Nesting of template, include and tpl. Helm's own limit is 1000 for include. */
  readonly depth: number;
}

/** What the renders of one chart have used of their limits together. */
export interface Usage {
  steps: number;
  outputBytes: number;
}

/** A line of Helm's log. */
export interface LogEntry {
  readonly level: 'INFO' | 'WARN';
  readonly message: string;
  /** What the line has besides, by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface RenderEnvironment {
  /** Leaves `<no value>` where a template prints what is not there, as Go does and Helm's charts do not. */
  readonly keepsNoValue?: boolean;
  readonly lookup: Lookup;
  readonly now: Instant;
  readonly random: RandomSource;
  readonly limits: Limits;
  /** Counts up: what is used here already is not to be had again. Absent, each render has the limits for itself. */
  readonly usage?: Usage;
  /** `missingkey=error` in place of `missingkey=zero` (Helm's --strict of lint). */
  readonly strict?: boolean;
  /** Helm's lint mode: `required` and `fail` report in place of failing. */
  readonly lintMode?: boolean;
  /** Told what `required` and `fail` would have said in lint mode. */
  readonly log?: (entry: LogEntry) => void;
  /** `getHostByName`; absent as in Helm without --enable-dns: the empty string. */
  readonly resolveHost?: (name: string) => string;
}

export interface CompiledTemplates {
  /** Names of all templates, those of `define` included. */
  readonly names: readonly string[];
  /** Renders one template. Throws TemplateError. */
  render(name: string, data: TemplateData, env: RenderEnvironment): string;
}

export interface TemplateEngine {
  readonly name: 'gotpl' | 'handlebars';
  /** Throws TemplateError when a source does not parse. */
  compile(sources: readonly TemplateSource[]): CompiledTemplates;
}

/** A template that does not parse or does not run. `message` is what Helm would print for it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The names of the templates that were being executed, outermost first. */
  readonly frame: readonly string[];
  constructor(
    message: string,
    where: { file: string; line: number; column?: number; frame?: readonly string[] },
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = where.file;
    this.line = where.line;
    this.column = where.column ?? 0;
    this.frame = where.frame ?? [];
  }
}
