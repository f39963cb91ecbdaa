/**
 * The engine of Helm's charts: Go's text/template with a table of functions. Texts are checked when they are compiled;
 * their parts become trees and closures when they are first executed. Follows the engine of Helm v4.3
 * (pkg/engine/engine.go): the order of parsing, missingkey=zero, the removal of `<no value>`, include and tpl, and the
 * texts of errors.
 */
import {
  type CompiledTemplates,
  type RenderEnvironment,
  type TemplateData,
  type TemplateEngine,
  TemplateError,
  type TemplateSource,
} from '../engine.ts';
import type { TemplateFunction } from '../functions/function.ts';
import { normalizeString } from './bytes.ts';
import { compileTree } from './exec/compile.ts';
import { ExecError, errorFrames, helmExecMessage, helmParseMessage, isStackOverflow } from './exec/exec-error.ts';
import { type ParseTpl, RenderState, ROOT_NAME } from './exec/render-state.ts';
import { type TemplateFile, TemplateFileCache, type TemplateLanguage } from './exec/template-file.ts';
import { Template, TemplateSet } from './exec/template-set.ts';
import { builtins } from './funcs.ts';
import { placeIn } from './node.ts';
import { multipleDefinition, parseTemplate } from './parse.ts';
import { PlainActions } from './plain-action.ts';
import { skimTemplate } from './skim.ts';
import { ParseError } from './token-reader.ts';

/**
 * Tokens of the texts whose trees and programs an engine keeps: about 15 MB, which has room for all texts of the largest
 * public charts. Garbage adds several times that: at 600,000, a server of many charts took 500 MB.
 */
const CACHED_TOKENS = 125_000;

/** Makes an engine with the functions that templates can call besides text/template's own. */
export function createGoTemplateEngine(functions: ReadonlyMap<string, TemplateFunction>): TemplateEngine {
  const hasFunction = (name: string) => functions.has(name) || builtins.has(name);
  const actions = new PlainActions(hasFunction);
  const language: TemplateLanguage = {
    parse: (name, text) => skimTemplate(text, actions) ?? parseTemplate(name, text, hasFunction),
    compile: (tree) => compileTree(tree, functions),
  };
  const cache = new TemplateFileCache(language, CACHED_TOKENS);
  const parse = (name: string, text: string) => templatesOf(name, cache.get(name, text));
  return {
    name: 'gotpl',
    compile(sources) {
      actions.forget();
      const set = new TemplateSet();
      for (const source of [...sources].sort(byDepth)) addSource(set, source, parse);
      return new GoTemplates(set, (text) => parse(ROOT_NAME, text));
    },
  };
}

/** The templates of a file by name: its definitions, and itself, unless a definition has its name. */
function templatesOf(name: string, file: TemplateFile): readonly Template[] {
  const main = new Template(file, { file: name });
  const templates = [...file.definitions.keys()].map((definition) => new Template(file, { file: name, definition }));
  const same = templates.find((template) => template.name === name);
  if (same === undefined) return [...templates, main];
  if (main.isEmpty) return templates;
  if (same.isEmpty) return [...templates.filter((template) => template !== same), main];
  const { line } = placeIn(file.text, file.text.length);
  throw new ParseError(`template: ${name}:${line}: ${multipleDefinition(name)}`, { file: name, line });
}

type Parse = (name: string, text: string) => readonly Template[];

function addSource(set: TemplateSet, source: TemplateSource, parse: Parse): void {
  try {
    for (const template of parse(source.name, source.text)) set.add(template);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new TemplateError(
      helmParseMessage(source.name, error.message),
      { file: source.name, line: error.line },
      error,
    );
  }
}

/** Helm parses deep files first, and those of one depth from the last name to the first. */
function byDepth(a: TemplateSource, b: TemplateSource): number {
  const depth = b.name.split('/').length - a.name.split('/').length;
  if (depth !== 0) return depth;
  return a.name < b.name ? 1 : a.name > b.name ? -1 : 0;
}

class GoTemplates implements CompiledTemplates {
  private readonly set: TemplateSet;
  private readonly parseTpl: ParseTpl;

  constructor(set: TemplateSet, parseTpl: ParseTpl) {
    this.set = set;
    this.parseTpl = parseTpl;
  }

  get names(): readonly string[] {
    return this.set.names;
  }

  render(name: string, data: TemplateData, env: RenderEnvironment): string {
    const template = this.set.lookup(name);
    if (template === undefined) {
      throw new TemplateError(`template: no template "${name}" associated with template "${ROOT_NAME}"`, {
        file: name,
        line: 0,
      });
    }
    const state = new RenderState(env, { set: this.set, parseTpl: this.parseTpl, start: template });
    try {
      state.run(template, data === null ? undefined : data);
      state.checkLimits();
      state.account();
    } catch (error) {
      throw templateError(name, state, error);
    }
    return normalizeString(env.keepsNoValue === true ? state.out : state.out.replaceAll('<no value>', ''));
  }
}

function templateError(file: string, state: RenderState, thrown: unknown): unknown {
  let error = state.atEndOfStack(thrown);
  if (isStackOverflow(error)) error = state.limit('templates are nested too deeply for the stack');
  if (!(error instanceof ExecError)) return error;
  const { frame, innermost } = errorFrames(error);
  const { node, template } = innermost.place;
  const where = { file: template.file, ...placeIn(template.text, node.position), frame };
  return new TemplateError(helmExecMessage(file, error), where, error);
}
