/** Errors of a render, and their place and text for the chart's author. */
import { TemplateError } from '../engine.ts';
import { FunctionError } from '../functions/function.ts';
import { isStackOverflow } from '../gotemplate/exec/exec-error.ts';
import type { Position } from './node.ts';
import type { Template } from './partials.ts';

/** What is wrong at the place where the evaluation stands. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** A template that is being written, and where. */
export interface Frame {
  readonly template: Template;
  position: Position;
}

/** More frames than this tell nobody anything. */
const SHOWN_FRAMES = 10;

/** Helm's marks around the messages of `required` and `fail`. */
const marked = /HELM_ERR_START(.*)HELM_ERR_END/s;

/** What a render threw, as a TemplateError at the innermost place; what is no error of a template, as it is. */
export function templateError(file: string, frames: readonly Frame[], thrown: unknown): unknown {
  const message = messageFor(thrown);
  if (message === undefined) return thrown;
  const places = frames.map(({ template, position }) => `${placeName(template)}:${position.line}:${position.column}`);
  const callers = places.slice(0, -1).reverse();
  const shown = callers.slice(0, SHOWN_FRAMES).map((place) => `\n  called at ${place}`);
  if (callers.length > SHOWN_FRAMES) shown.push(`\n  and ${callers.length - SHOWN_FRAMES} more`);
  // The text of a tpl is in no file: what calls it is.
  const inFile = frames.findLast(({ template }) => template.name !== 'tpl');
  return new TemplateError(
    `execution error at (${places.at(-1) ?? file}): ${message}${shown.join('')}`,
    {
      file: inFile?.template.file ?? file,
      line: inFile?.position.line ?? 0,
      column: inFile?.position.column ?? 0,
      frame: frames.map(({ template }) => template.name),
    },
    thrown,
  );
}

function placeName({ name, file }: Template): string {
  return name === 'tpl' ? `tpl in ${file}` : file;
}

function messageFor(thrown: unknown): string | undefined {
  if (thrown instanceof EvaluationError || thrown instanceof FunctionError) {
    return marked.exec(thrown.message)?.[1] ?? thrown.message;
  }
  if (isStackOverflow(thrown)) return 'templates are nested too deeply for the stack';
  return thrown instanceof RangeError ? 'the result is too large' : undefined;
}
