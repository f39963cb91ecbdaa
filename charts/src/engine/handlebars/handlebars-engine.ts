/**
 * The engine of charts with `engine: handlebars`: the language of Handlebars 4.7 over the same values, objects and
 * functions as Go templates have. Templates are data to it: no property of a JavaScript object can be reached, nothing
 * is compiled to code, and output, steps and depth end where the render environment says. See docs/handlebars.md.
 */
import { type CompiledTemplates, type TemplateEngine, TemplateError, type TemplateSource } from '../engine.ts';
import { FunctionError, type TemplateFunction } from '../functions/function.ts';
import { normalizeString } from '../gotemplate/bytes.ts';
import { quote } from '../gotemplate/quote.ts';
import { Evaluation, type Program } from './evaluation.ts';
import { templateError } from './evaluation-error.ts';
import { helperTable } from './helpers.ts';
import type { ProgramNode } from './node.ts';
import { parseHandlebars } from './parse.ts';
import { partialTable, type Template } from './partials.ts';

/** Texts of tpl that a compiled set keeps parsed. */
const CACHED_TEXTS = 256;

/** Makes an engine with the functions that become helpers, beside text/template's own. */
export function createHandlebarsEngine(functions: ReadonlyMap<string, TemplateFunction>): TemplateEngine {
  let helpers: ReadonlyMap<string, TemplateFunction> | undefined;
  return {
    name: 'handlebars',
    compile(sources) {
      helpers ??= helperTable(functions);
      const partials = partialTable(sources.map(parseSource));
      return compiledTemplates({ partials, helpers, parse: createTplParser() });
    },
  };
}

function parseSource({ name, text }: TemplateSource): Template {
  return { name, file: name, text, program: parseHandlebars(name, text) };
}

function compiledTemplates(program: Program): CompiledTemplates {
  return {
    names: program.partials.names,
    render(name, data, env) {
      const template = program.partials.file(name);
      if (template === undefined) throw new TemplateError(`no template ${quote(name)}`, { file: name, line: 0 });
      const evaluation = new Evaluation(env, program);
      try {
        return normalizeString(evaluation.render(template, data));
      } catch (error) {
        throw templateError(name, evaluation.frames, error);
      }
    },
  };
}

function createTplParser(): Program['parse'] {
  const known = new Map<string, ProgramNode>();
  return (text) => {
    const cached = known.get(text);
    if (cached !== undefined) return cached;
    const program = parseTpl(text);
    if (known.size >= CACHED_TEXTS) known.clear();
    known.set(text, program);
    return program;
  };
}

function parseTpl(text: string): ProgramNode {
  try {
    return parseHandlebars('tpl', text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new FunctionError(`cannot parse template ${quote(text)}: ${error.message}`, { cause: error });
  }
}
