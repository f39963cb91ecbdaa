/**
 * The engine of Helm's charts: Go's text/template with a table of functions. Templates are parsed when they are
 * compiled, and become closures when they are first executed. Follows the engine of Helm v4.3 (pkg/engine/engine.go):
 * the order of parsing, missingkey=zero, the removal of `<no value>`, include and tpl, and the texts of errors.
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
import { Template, TemplateSet } from './exec/template-set.ts';
import { builtins } from './funcs.ts';
import { nodePlace, type Tree } from './node.ts';
import { parseTemplate } from './parse.ts';
import { ParseError } from './token-reader.ts';

/** Parsed texts of tpl that an engine keeps, in UTF-16 units of text. */
const TPL_CACHE_UNITS = 4_000_000;

/** Makes an engine with the functions that templates can call besides text/template's own. */
export function createGoTemplateEngine(functions: ReadonlyMap<string, TemplateFunction>): TemplateEngine {
  const hasFunction = (name: string) => functions.has(name) || builtins.has(name);
  const compile = (tree: Tree) => compileTree(tree, functions);
  const parse = (name: string, text: string) => {
    const templates = new Map<string, Template>();
    for (const [treeName, tree] of parseTemplate(name, text, hasFunction)) {
      templates.set(treeName, new Template(tree, compile));
    }
    return templates;
  };
  const parseTpl = cached((text) => parse(ROOT_NAME, text));
  return {
    name: 'gotpl',
    compile(sources) {
      const set = new TemplateSet();
      for (const source of [...sources].sort(byDepth)) addSource(set, source, parse);
      return new GoTemplates(set, parseTpl);
    },
  };
}

type Parse = (name: string, text: string) => ReadonlyMap<string, Template>;

function addSource(set: TemplateSet, source: TemplateSource, parse: Parse): void {
  try {
    for (const [name, template] of parse(source.name, source.text)) set.add(name, template);
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

/** Remembers results by text, forgetting the oldest. */
function cached<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  let units = 0;
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = make(text);
    units += text.length;
    known.set(text, result);
    for (const oldest of known.keys()) {
      if (units <= TPL_CACHE_UNITS) break;
      known.delete(oldest);
      units -= oldest.length;
    }
    return result;
  };
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
    const state = new RenderState(env, { set: this.set, parseTpl: this.parseTpl }, template.tree.root);
    try {
      state.run(template, data === null ? undefined : data);
      state.checkLimits();
    } catch (error) {
      throw templateError(name, state, error);
    }
    return normalizeString(state.out.replaceAll('<no value>', ''));
  }
}

function templateError(file: string, state: RenderState, thrown: unknown): unknown {
  let error = thrown;
  if (isStackOverflow(error)) error = state.limit('templates are nested too deeply for the stack');
  if (!(error instanceof ExecError)) return error;
  const { frame, innermost } = errorFrames(error);
  const place = nodePlace(innermost.node);
  const where = { file: innermost.node.tree.parseName, line: place.line, column: place.column, frame };
  return new TemplateError(helmExecMessage(file, error), where, error);
}
