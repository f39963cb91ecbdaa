/** For tests: what a Handlebars template renders to, and what it fails with. */
import { testEnvironment } from '../engine.contract.ts';
import { type RenderEnvironment, TemplateError } from '../engine.ts';
import { functions } from '../functions/functions.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { createHandlebarsEngine } from './handlebars-engine.ts';

export const engine = createHandlebarsEngine(functions);

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function goValue(value: Json): GoValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(goValue);
  return new Map(Object.entries(value).map(([key, item]) => [key, goValue(item)]));
}

/** The text of the template `c/templates/a`, with other files beside it. Throws TemplateError. */
export function render(
  text: string,
  data: Json = {},
  options: { files?: Record<string, string>; env?: Partial<RenderEnvironment> } = {},
) {
  const sources = Object.entries({ 'c/templates/a': text, ...options.files }).map(([name, source]) => ({
    name,
    text: source,
  }));
  return engine.compile(sources).render('c/templates/a', goValue(data), testEnvironment(options.env));
}

/** The TemplateError that an action throws. */
export function errorOf(action: () => unknown): TemplateError {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
