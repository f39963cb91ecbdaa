/**
 * One render: its output, variables, limits, and what template functions may use of it. Follows the state of
 * text/template's exec.go (Go 1.26) and includeFun and tplFun of Helm v4.3's engine.
 */
import type { RenderEnvironment } from '../../engine.ts';
import { type CallContext, FunctionError } from '../../functions/function.ts';
import type { GoValue } from '../go-value.ts';
import type { Node } from '../node.ts';
import { quote } from '../quote.ts';
import { ExecError, wrapCallError } from './exec-error.ts';
import type { Program } from './program.ts';
import { type Template, TemplateSet } from './template-set.ts';

/** Helm's limit to the nesting of one name in include. */
const MAX_INCLUDES = 1000;

/** The name of the template that tpl's text becomes, and that Helm's others are associated with. */
export const ROOT_NAME = 'gotpl';

/** Parses the text of a tpl; the templates it defines, its own under ROOT_NAME. Throws ParseError. */
export type ParseTpl = (text: string) => ReadonlyMap<string, Template>;

export class RenderState implements CallContext {
  readonly env: RenderEnvironment;
  /** The output so far of the template, include or tpl that is being executed. */
  out = '';
  /** Length of output at which it is too much. */
  outLimit: number;
  /** Nodes that may still be executed. */
  fuel: number;
  /** The node evaluated last: where an error is reported. */
  node: Node;
  /** The variables of the template that is being executed. */
  variables: GoValue[] = [];
  readonly isStrict: boolean;
  private depth = 0;
  private set: TemplateSet;
  private readonly parseTpl: ParseTpl;
  private readonly includes = new Map<string, number>();

  constructor(
    env: RenderEnvironment,
    templates: { readonly set: TemplateSet; readonly parseTpl: ParseTpl },
    node: Node,
  ) {
    this.env = env;
    this.set = templates.set;
    this.parseTpl = templates.parseTpl;
    this.outLimit = env.limits.outputBytes;
    this.fuel = env.limits.steps;
    this.isStrict = env.strict ?? false;
    this.node = node;
  }

  lookupTemplate(name: string): Template | undefined {
    return this.set.lookup(name);
  }

  /** Executes a template into the current output. After an error the state is of no more use. */
  run(template: Template, dot: GoValue): void {
    const { variables, node } = this;
    const { program } = template;
    this.enter(program, dot);
    program.walk(this, dot);
    this.variables = variables;
    this.node = node;
    this.depth--;
  }

  /** Starts the execution of a program: counts it and gives it variables. */
  private enter(program: Program, dot: GoValue): void {
    if (this.depth >= this.env.limits.depth) {
      throw this.limit(`templates are nested more than ${this.env.limits.depth} deep`);
    }
    this.depth++;
    this.fuel--;
    const slots: GoValue[] = [dot];
    for (let i = 1; i < program.slots; i++) slots.push(undefined);
    this.variables = slots;
  }

  /**
   * Renders a named template. What `run` does is written out here: this is where recursion goes through, and each
   * JavaScript frame saved lets it go deeper.
   */
  include(name: string, data: GoValue): string {
    const count = this.includes.get(name) ?? 0;
    if (count > MAX_INCLUDES) throw nestedReference(name);
    const template = this.set.lookup(name);
    if (template === undefined) throw noTemplate(name);
    this.includes.set(name, count + 1);
    const { variables, node, out } = this;
    const { program } = template;
    const dot = data === null ? undefined : data;
    this.enter(program, dot);
    this.out = '';
    this.outLimit -= out.length;
    program.walk(this, dot);
    const text = this.out;
    this.leave(out);
    this.variables = variables;
    this.node = node;
    this.depth--;
    this.includes.set(name, count);
    return text;
  }

  /** Goes back to an outer output. What was made in between stays counted, even if it is thrown away. */
  private leave(out: string): void {
    this.outLimit += out.length - this.out.length;
    this.out = out;
    this.checkLimits();
  }

  tpl(text: string, data: GoValue): string {
    // Text without an action is its own output.
    if (!text.includes('{{')) return text.replaceAll('<no value>', '');
    let templates: ReadonlyMap<string, Template>;
    try {
      templates = this.parseTpl(text);
    } catch (error) {
      throw tplError(`cannot parse template ${quote(text)}`, error);
    }
    const { set } = this;
    const own = new TemplateSet(set);
    for (const [name, template] of templates) {
      if (name === ROOT_NAME) own.addRoot(name, template);
      else own.add(name, template);
    }
    const root = own.lookup(ROOT_NAME);
    if (root === undefined) return '';
    this.set = own;
    try {
      const { out } = this;
      this.out = '';
      this.outLimit -= out.length;
      this.run(root, data === null ? undefined : data);
      const result = this.out;
      this.leave(out);
      return result.replaceAll('<no value>', '');
    } catch (error) {
      if (error instanceof ExecError && error.isLimit) throw error;
      if (!(error instanceof ExecError)) throw error;
      throw tplError(`error during tpl function execution for ${quote(text)}`, error);
    } finally {
      this.set = set;
    }
  }

  spend(bytes: number): void {
    if (bytes > this.outLimit - this.out.length) throw this.overflow();
  }

  /** Refuses to go on where the output or the number of steps is beyond its limit. */
  checkLimits(): void {
    if (this.out.length > this.outLimit) throw this.overflow();
    if (this.fuel < 0) {
      throw this.limit(`the template takes more than ${this.env.limits.steps} steps`);
    }
  }

  /** Calls a method; what it throws is reported at the node. */
  guard(name: string, node: Node, call: () => GoValue): GoValue {
    try {
      return call();
    } catch (error) {
      throw wrapCallError(name, node, error);
    }
  }

  error(message: string): ExecError {
    return new ExecError(this.node, message);
  }

  limit(message: string): ExecError {
    return new ExecError(this.node, message, { isLimit: true });
  }

  private overflow(): ExecError {
    return this.limit(`the output is larger than ${this.env.limits.outputBytes} bytes`);
  }
}

function nestedReference(name: string): FunctionError {
  return new FunctionError(`rendering template has a nested reference name: ${name}: unable to execute template`);
}

function noTemplate(name: string): FunctionError {
  return new FunctionError(`template: no template ${quote(name)} associated with template ${quote(ROOT_NAME)}`);
}

function tplError(message: string, cause: unknown): FunctionError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new FunctionError(`${message}: ${text}`, { cause });
}
