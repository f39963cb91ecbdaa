/**
 * Errors of execution, with the texts of text/template (exec.go, Go 1.26), and the form that Helm v4.3's engine gives
 * them (reformatExecErrorMsg and cleanupParseError of pkg/engine/engine.go).
 */
import { FunctionError } from '../../functions/function.ts';
import { type Node, nodeText, placeIn } from '../node.ts';
import { quote } from '../quote.ts';
import type { Template } from './template-set.ts';

/** Where an error is: the node, and the template that was being executed. */
export interface ExecPlace {
  readonly node: Node;
  readonly template: Template;
}

/** An execution error. `message` is Go's text; `cause` is what Go's errors.Unwrap would give, if anything. */
export class ExecError extends Error {
  override readonly name = 'ExecError';
  readonly place: ExecPlace;
  /** A limit of the render environment: it is reported where it was hit, not through every caller. */
  readonly isLimit: boolean;
  constructor(
    place: ExecPlace,
    message: string,
    options: { readonly cause?: unknown; readonly isLimit?: boolean } = {},
  ) {
    super(execErrorText(place, message), options.cause === undefined ? undefined : { cause: options.cause });
    this.place = place;
    this.isLimit = options.isLimit ?? false;
  }
}

function execErrorText({ node, template }: ExecPlace, message: string): string {
  const { line, column } = placeIn(template.text, node.position);
  const { file, name } = template;
  return `template: ${file}:${line}:${column}: executing ${quote(name)} at <${nodeText(node)}>: ${message}`;
}

/**
 * What a function threw, as the error of its call. Limits and the end of the stack pass through, and so does whatever is
 * no error of Go's function: that is a fault of our own, which must not look like one of the template.
 */
export function wrapCallError(name: string, place: ExecPlace, error: unknown): unknown {
  if (error instanceof ExecError) {
    return error.isLimit ? error : new ExecError(place, `error calling ${name}: ${error.message}`, { cause: error });
  }
  if (error instanceof FunctionError) {
    return new ExecError(place, `error calling ${name}: ${error.message}`, { cause: error });
  }
  if (isTooLarge(error)) {
    return new ExecError(place, `error calling ${name}: the result is too large`, { cause: error, isLimit: true });
  }
  return error;
}

/** V8's words for a string, list, map or buffer beyond what it can hold. */
const tooLarge = /^Invalid .*length|allocation failed$|maximum size exceeded$|^Maximum BigInt size exceeded$/i;

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && tooLarge.test(error.message);
}

/** True for the error that JavaScript throws at the end of its stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** The names of the templates that were being executed, outermost first, and the error of the innermost. */
export function errorFrames(error: ExecError): { readonly frame: readonly string[]; readonly innermost: ExecError } {
  const frame: string[] = [];
  let innermost = error;
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (!(current instanceof ExecError)) continue;
    frame.push(current.place.template.name);
    innermost = current;
  }
  return { frame, innermost };
}

const warning = /HELM_ERR_START(.*)HELM_ERR_END/s;

/** Helm marks the messages of `fail` and `required` so, to report them without the frames around them. */
export function markWarning(message: string): string {
  return `HELM_ERR_START${message}HELM_ERR_END`;
}

/** An execution error as Helm prints it. */
export function helmExecMessage(file: string, error: ExecError): string {
  const [, location, rest] = splitInThree(error.message);
  if (location === undefined || rest === undefined) return `execution error in (${file}): ${error.message}`;
  const marked = warning.exec(rest);
  if (marked !== null) return `execution error at (${location}): ${marked[1] ?? ''}`;
  const traces: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const trace = parseTrace(current.message);
    if (trace === undefined) return error.message;
    if (traces.at(-1) !== trace) traces.push(trace);
  }
  return trimSpace(traces.join(''));
}

/** A parse error as Helm prints it: the place and the last part of Go's text. */
export function helmParseMessage(file: string, message: string): string {
  const parts = message.split(': ');
  if (parts.length === 1) return `parse error in (${file}): ${message}`;
  return `parse error at (${parts[1]}): ${parts.at(-1)}`;
}

function splitInThree(text: string): readonly (string | undefined)[] {
  const first = text.indexOf(': ');
  const second = text.indexOf(': ', first + 2);
  if (first < 0 || second < 0) return [text];
  return [text.slice(0, first), text.slice(first + 2, second), text.slice(second + 2)];
}

/** One error text of text/template as Helm's lines for it; undefined for what text/template did not write. */
function parseTrace(text: string): string | undefined {
  const prefix = 'template: ';
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  if (rest.startsWith('no template ')) return `${text}\n`;
  return parseExecuting(rest) ?? parseSimple(rest);
}

/** `<place>: executing "<name>" at <<node>>: <message>`. */
function parseExecuting(text: string): string | undefined {
  const mark = ': executing ';
  const at = text.indexOf(mark);
  if (at < 0) return undefined;
  const place = text.slice(0, at);
  const after = text.slice(at + mark.length);
  const endQuote = after.startsWith('"') ? after.indexOf('"', 1) : -1;
  if (endQuote < 0) return undefined;
  const nodeStart = ' at <';
  const afterName = after.slice(endQuote + 1);
  const nodeEnd = afterName.indexOf('>: ', nodeStart.length);
  if (!afterName.startsWith(nodeStart) || nodeEnd < 0) return undefined;
  const message = withoutChained(afterName.slice(nodeEnd + 3));
  const executed = `executing ${after.slice(0, endQuote + 1)} at <${afterName.slice(nodeStart.length, nodeEnd)}>:`;
  return traceLines(place, executed, message);
}

/** `<name>: <message>`. */
function parseSimple(text: string): string | undefined {
  const at = text.lastIndexOf(': ');
  if (at < 0) return undefined;
  return traceLines(text.slice(0, at), '', withoutChained(text.slice(at + 2)));
}

function withoutChained(message: string): string {
  const next = message.indexOf(' template:');
  return next < 0 ? message : message.slice(0, next);
}

function traceLines(place: string, executed: string, message: string): string {
  let out = place === '' ? '' : `${place}\n  `;
  if (executed !== '') out += `${executed}\n    `;
  return message === '' ? out : `${out}${message}\n`;
}

function trimSpace(text: string): string {
  return text.trim();
}
