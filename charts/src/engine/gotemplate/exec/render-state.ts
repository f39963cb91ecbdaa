/**
 * One render: its output, variables, limits, and what template functions may use of it. Follows the state of
 * text/template's exec.go (Go 1.26) and includeFun and tplFun of Helm v4.3's engine.
 */
import type { RenderEnvironment } from '../../engine.ts';
import { MADE_PER_STEP, stepsForTexts, stepsToParse, stepsToWalk } from '../../functions/cost.ts';
import { type CallContext, FunctionError } from '../../functions/function.ts';
import { nestedTooDeep, tooManySteps, tooMuchOutput } from '../../limit-messages.ts';
import type { GoValue } from '../go-value.ts';
import type { Node } from '../node.ts';
import { quote } from '../quote.ts';
import { ParseError } from '../token-reader.ts';
import { ExecError, type ExecPlace, isStackOverflow, wrapCallError } from './exec-error.ts';
import type { Program } from './program.ts';
import { type Template, TemplateSet } from './template-set.ts';

/** Helm's limit to the nesting of one name in include. */
const MAX_INCLUDES = 1000;

/** Steps between two joinings of the output. */
const JOIN_STEPS = 1_000_000;

/** Actions `template` inside each other that, where the stack ends, are taken for an endless recursion. */
const LONG_CHAIN = 200;

/** Before anything is evaluated. */
const NO_NODE: Node = { type: 'list', position: 0, nodes: [] };

/** The name of the template that tpl's text becomes, and that Helm's others are associated with. */
export const ROOT_NAME = 'gotpl';

/** Parses the text of a tpl; the templates it defines, its own as ROOT_NAME. Throws ParseError. */
export type ParseTpl = (text: string) => readonly Template[];

export class RenderState implements CallContext {
  readonly env: RenderEnvironment;
  /** The output so far of the template, include or tpl that is being executed. */
  out = '';
  /** Length of output at which it is too much. */
  outLimit: number;
  /** Nodes that may still be executed. */
  fuel: number;
  /** The fuel below which checkLimits is due. */
  checkAt: number;
  /** The node evaluated last, in the template that is being executed: where an error is reported. */
  node: Node;
  template: Template;
  /** The variables of the template that is being executed. */
  variables: GoValue[] = [];
  readonly isStrict: boolean;
  private depth = 0;
  /** How many actions `template` are inside each other since the last include or tpl, and where the innermost is. */
  private chain = 0;
  private chained: ExecPlace | undefined;
  private set: TemplateSet;
  private readonly parseTpl: ParseTpl;
  private readonly includes = new Map<string, number>();

  constructor(
    env: RenderEnvironment,
    templates: { readonly set: TemplateSet; readonly parseTpl: ParseTpl; readonly start: Template },
  ) {
    this.env = env;
    this.set = templates.set;
    this.parseTpl = templates.parseTpl;
    this.outLimit = env.limits.outputBytes - (env.usage?.outputBytes ?? 0);
    this.fuel = env.limits.steps - (env.usage?.steps ?? 0);
    this.checkAt = Math.max(0, this.fuel - JOIN_STEPS);
    this.isStrict = env.strict ?? false;
    this.node = NO_NODE;
    this.template = templates.start;
  }

  lookupTemplate(name: string): Template | undefined {
    return this.set.lookup(name);
  }

  /** Executes a template into the current output. After an error the state is of no more use. */
  run(template: Template, dot: GoValue): void {
    const { variables, node, template: caller } = this;
    const { program } = template;
    if (++this.chain > LONG_CHAIN) this.chained = this.place;
    this.enter(template, program, dot);
    program.walk(this, dot);
    this.variables = variables;
    this.node = node;
    this.template = caller;
    this.depth--;
    this.chain--;
  }

  /** Starts the execution of a template: counts it and gives it variables. */
  private enter(template: Template, program: Program, dot: GoValue): void {
    if (this.depth >= this.env.limits.depth) {
      throw this.limit(nestedTooDeep(this.env.limits.depth));
    }
    this.depth++;
    this.fuel--;
    this.template = template;
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
    const { variables, node, out, template: caller, chain } = this;
    this.chain = 0;
    try {
      const { program } = template;
      const dot = data === null ? undefined : data;
      this.enter(template, program, dot);
      this.out = '';
      this.outLimit -= out.length;
      program.walk(this, dot);
      const text = this.out;
      this.leave(out);
      this.variables = variables;
      this.depth--;
      this.includes.set(name, count);
      return text;
    } catch (error) {
      throw this.atEndOfStack(error);
    } finally {
      // The caller reports errors, too.
      this.chain = chain;
      this.template = caller;
      this.node = node;
    }
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
    this.work(stepsToParse(text));
    const { set, node, template: caller, out, chain } = this;
    const own = new TemplateSet(set);
    const root = this.addTpl(own, text);
    this.set = own;
    this.chain = 0;
    try {
      this.out = '';
      this.outLimit -= out.length;
      this.run(root, data === null ? undefined : data);
      const result = this.out;
      this.leave(out);
      return result.replaceAll('<no value>', '');
    } catch (thrown) {
      const error = this.atEndOfStack(thrown);
      if (!(error instanceof ExecError) || error.isLimit) throw error;
      throw tplError(`error during tpl function execution for ${quote(text)}`, error);
    } finally {
      this.chain = chain;
      this.set = set;
      this.template = caller;
      this.node = node;
    }
  }

  /** Adds the templates of a tpl's text to its set; gives that of the text itself. */
  private addTpl(own: TemplateSet, text: string): Template {
    try {
      const templates = this.parseTpl(text);
      const root = templates.find((template) => template.name === ROOT_NAME);
      for (const template of templates) {
        if (template === root) own.replace(template);
        else own.add(template);
      }
      if (root === undefined) throw new FunctionError(`${quote(ROOT_NAME)} is an incomplete or empty template`);
      return root;
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof FunctionError)) throw error;
      throw tplError(`cannot parse template ${quote(text)}`, error);
    }
  }

  spend(bytes: number): void {
    if (bytes > this.outLimit - this.out.length) throw this.overflow();
    this.work(bytes / MADE_PER_STEP);
  }

  work(steps: number): void {
    this.fuel -= steps;
    if (this.fuel < 0) this.checkLimits();
  }

  /** Charges for going through a value: one that holds others twice over, again and again, has no end. */
  walk(value: GoValue): void {
    if (typeof value === 'object' && value !== null) this.work(stepsToWalk(value, this.fuel));
  }

  /** Charges for the texts that a function read and made. */
  charge(args: readonly GoValue[], result: GoValue): void {
    const steps = stepsForTexts(args, result);
    if (steps > 0) this.work(steps);
  }

  /** Refuses to go on where the output or the number of steps is beyond its limit. */
  checkLimits(): void {
    if (this.out.length > this.outLimit) throw this.overflow();
    if (this.fuel < 0) {
      throw this.limit(tooManySteps(this.env.limits.steps));
    }
    if (this.fuel < this.checkAt) {
      this.checkAt = Math.max(0, this.fuel - JOIN_STEPS);
      // V8 keeps what was added piece by piece as a tree of its pieces, 32 bytes each, until a character is asked for.
      this.out.charCodeAt(0);
    }
  }

  /** Notes what was used, at the end of a render. */
  account(): void {
    const { usage, limits } = this.env;
    if (usage === undefined) return;
    usage.steps = limits.steps - this.fuel;
    usage.outputBytes = limits.outputBytes - this.outLimit + this.out.length;
  }

  /** Calls a method; what it throws is reported at the node. */
  guard(name: string, node: Node, call: () => GoValue): GoValue {
    try {
      return call();
    } catch (error) {
      throw this.callError(name, node, error);
    }
  }

  /** What a function or method threw, as the error of its call at a node. */
  callError(name: string, node: Node, error: unknown): unknown {
    return wrapCallError(name, { node, template: this.template }, error);
  }

  /** Go's error for `template` actions without end, where the stack ended in them; any other error as it is. */
  atEndOfStack(error: unknown): unknown {
    if (!isStackOverflow(error) || this.chained === undefined || this.chain <= LONG_CHAIN) return error;
    return new ExecError(this.chained, 'exceeded maximum template depth (100000)');
  }

  error(message: string): ExecError {
    return new ExecError(this.place, message);
  }

  limit(message: string): ExecError {
    return new ExecError(this.place, message, { isLimit: true });
  }

  private get place(): ExecPlace {
    return { node: this.node, template: this.template };
  }

  private overflow(): ExecError {
    return this.limit(tooMuchOutput(this.env.limits.outputBytes));
  }
}

function nestedReference(name: string): FunctionError {
  return new FunctionError(`rendering template has a nested reference name: ${name}: unable to execute template`);
}

function noTemplate(name: string): FunctionError {
  return new FunctionError(`template: no template ${quote(name)} associated with template ${quote(ROOT_NAME)}`);
}

function tplError(message: string, cause: Error): FunctionError {
  return new FunctionError(`${message}: ${cause.message}`, { cause });
}
