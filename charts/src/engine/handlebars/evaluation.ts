/**
 * One render: walks the nodes of a template and writes what they make, within the limits of the render environment.
 * Follows the compiler and runtime of Handlebars 4.7 (which names are helpers, what `../` means, partials with blocks,
 * inline partials, the indentation of partials that stand alone), without its escaping of HTML.
 */
import type { RenderEnvironment } from '../engine.ts';
import { MADE_PER_STEP, stepsToParse, stepsToWalk } from '../functions/cost.ts';
import { type CallContext, FunctionError, type TemplateFunction } from '../functions/function.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { nestedTooDeep, tooManySteps, tooMuchOutput } from '../limit-messages.ts';
import { blockHelpers, writeSection } from './blocks.ts';
import { EvaluationError, type Frame } from './evaluation-error.ts';
import { Expressions } from './expressions.ts';
import { findInline, hasInlines, type Inlines, inlinesOf } from './inlines.ts';
import type { BlockNode, Node, PartialNode, ProgramNode, Statement } from './node.ts';
import type { PartialTable, Template } from './partials.ts';
import {
  blockParam,
  blockScope,
  type DataFrame,
  type PartialBlock,
  partialScope,
  rootScope,
  type Scope,
  simpleName,
} from './scope.ts';
import { printed } from './value.ts';

/** What a render needs of the engine. */
export interface Program {
  readonly partials: PartialTable;
  readonly helpers: ReadonlyMap<string, TemplateFunction>;
  /** Parses the text of a tpl. Throws TemplateError. */
  readonly parse: (text: string) => ProgramNode;
}

/** Steps between two joinings of the output. */
const JOIN_STEPS = 1_000_000;

export class Evaluation implements CallContext {
  readonly env: RenderEnvironment;
  /** The templates that are being written, outermost first. After an error they are as they were when it was found. */
  readonly frames: Frame[] = [];
  private readonly program: Program;
  private readonly expressions: Expressions;
  private out = '';
  /** Length of output at which it is too much. */
  private outLimit: number;
  private fuel: number;
  /** The fuel below which the output is due to be joined. */
  private joinAt: number;
  private inlines: Inlines | undefined;

  constructor(env: RenderEnvironment, program: Program) {
    this.env = env;
    this.program = program;
    this.outLimit = env.limits.outputBytes - (env.usage?.outputBytes ?? 0);
    this.fuel = env.limits.steps - (env.usage?.steps ?? 0);
    this.joinAt = this.fuel - JOIN_STEPS;
    this.expressions = new Expressions(this, program.helpers);
  }

  /** The text of a template. Throws EvaluationError, FunctionError or what JavaScript throws at the end of its means. */
  render(template: Template, data: GoValue): string {
    this.write(template, template.program, rootScope(data));
    this.account();
    return this.out;
  }

  /** Notes what was used, at the end of a render. */
  private account(): void {
    const { usage, limits } = this.env;
    if (usage === undefined) return;
    usage.steps = limits.steps - this.fuel;
    usage.outputBytes = limits.outputBytes - this.outLimit + this.out.length;
  }

  /** Counts a step, and remembers where it is. */
  step(node: Node): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) frame.position = node.loc.start;
    this.charge(1);
  }

  include(name: string, data: GoValue): string {
    const { scope } = this.expressions;
    const inline = findInline(this.inlines, name);
    const partial = inline === undefined ? this.findPartial(name) : undefined;
    if (inline === undefined && partial === undefined) throw new FunctionError(`no partial ${quote(name)}`);
    return this.capture(() => {
      if (inline !== undefined) this.writeBlock(inline, name, { context: data, data: scope.data });
      else if (partial !== undefined) this.write(partial, partial.program, partialScope(data, scope.data));
    });
  }

  tpl(text: string, data: GoValue): string {
    if (!text.includes('{{')) return text;
    this.charge(stepsToParse(text));
    const program = this.program.parse(text);
    const template: Template = { name: 'tpl', file: this.frames.at(-1)?.template.file ?? '', text, program };
    return this.capture(() => this.write(template, program, rootScope(data)));
  }

  spend(bytes: number): void {
    if (bytes > this.outLimit - this.out.length) this.overflow();
    this.work(bytes / MADE_PER_STEP);
  }

  work(steps: number): void {
    this.charge(steps);
  }

  /** Charges for going through a value: one that holds others twice over, again and again, has no end. */
  walked<T extends GoValue>(value: T): T {
    if (typeof value === 'object' && value !== null) this.charge(stepsToWalk(value, this.fuel));
    return value;
  }

  walk(value: GoValue): void {
    this.walked(value);
  }

  /** Counts work that has no node of its own. */
  charge(count: number): void {
    this.fuel -= count;
    if (this.fuel < 0) throw new EvaluationError(tooManySteps(this.env.limits.steps));
    if (this.fuel >= this.joinAt) return;
    this.joinAt = this.fuel - JOIN_STEPS;
    // V8 keeps what was added piece by piece as a tree of its pieces, 32 bytes each, until a character is asked for.
    this.out.charCodeAt(0);
  }

  private overflow(): never {
    throw new EvaluationError(tooMuchOutput(this.env.limits.outputBytes));
  }

  /** Writes a program as a template of its own. */
  private write(template: Template, program: ProgramNode, scope: Scope, outer?: Scope): void {
    const { depth } = this.env.limits;
    if (this.frames.length >= depth) throw new EvaluationError(nestedTooDeep(depth));
    this.frames.push({ template, position: program.loc?.start ?? { line: 1, column: 0 } });
    this.writeProgram(program, scope, outer ?? partialScope(undefined, scope.data));
    this.frames.pop();
  }

  /** What is written meanwhile, as a text. It stays counted, even if it is thrown away. */
  private capture(run: () => void): string {
    const { out } = this;
    this.out = '';
    this.outLimit -= out.length;
    run();
    const text = this.out;
    this.outLimit += out.length - text.length;
    this.out = out;
    this.spend(0);
    return text;
  }

  private put(text: string): void {
    this.out += text;
    if (this.out.length > this.outLimit) this.overflow();
  }

  /** Writes a program. Partials that it defines see what is around it, not its own context. */
  private writeProgram(program: ProgramNode, scope: Scope, outer: Scope): void {
    const { inlines } = this;
    this.charge(program.body.length);
    this.defineInlines(program, outer);
    for (const statement of program.body) this.statement(statement, scope);
    this.inlines = inlines;
  }

  private statement(node: Statement, scope: Scope): void {
    switch (node.type) {
      case 'ContentStatement':
        this.put(node.value);
        return;
      case 'MustacheStatement':
        this.step(node);
        this.put(printed(this.walked(this.expressions.call(node, scope))));
        return;
      case 'BlockStatement':
        this.step(node);
        this.block(node, scope);
        return;
      case 'PartialStatement':
      case 'PartialBlockStatement':
        this.step(node);
        this.partial(node, scope);
        return;
      default:
      // Comments; inline partials are defined where their block begins.
    }
  }

  private block(node: BlockNode, scope: Scope): void {
    const { expressions } = this;
    const path = expressions.pathOf(node.path);
    const name = simpleName(path);
    const isHelper = name !== undefined && blockParam(scope, name) === undefined;
    const helper = isHelper ? blockHelpers.get(name) : undefined;
    const hasArguments = node.params.length > 0 || node.hash !== undefined;
    if (helper === undefined && (hasArguments || (isHelper && this.program.helpers.has(name)))) {
      throw new EvaluationError(`${path.original} is no block helper: write e.g. {{#if (${path.original} ...)}}`);
    }
    const args = node.params.map((param) => expressions.value(param, scope));
    const hash = expressions.hash(node, scope);
    const call = {
      args,
      hash,
      context: scope.context,
      charge: (steps: number) => this.charge(steps),
      fn: (context: GoValue, options?: { values?: readonly GoValue[]; data?: ReadonlyMap<string, GoValue> }) => {
        this.charge(1);
        if (node.program === undefined) return;
        this.writeProgram(
          node.program,
          blockScope(scope, context, { ...options, names: node.program.blockParams }),
          scope,
        );
      },
      inverse: () => {
        if (node.inverse !== undefined) {
          this.writeProgram(node.inverse, blockScope(scope, scope.context, { names: node.inverse.blockParams }), scope);
        }
      },
    };
    if (helper !== undefined) helper(call);
    else writeSection(call, expressions.resolve(path, scope));
  }

  private partial(node: PartialNode, scope: Scope): void {
    const name = this.expressions.partialName(node.name, scope);
    if (node.params.length > 1) throw new EvaluationError(`a partial takes one context, not ${node.params.length}`);
    const context = this.expressions.partialContext(node, scope);
    const indent = node.indent ?? '';
    if (indent === '') {
      this.writePartial(node, { name, context, scope });
      return;
    }
    const text = this.capture(() => this.writePartial(node, { name, context, scope }));
    this.put(this.indented(text, indent));
  }

  private writePartial(node: PartialNode, call: { name: string; context: GoValue; scope: Scope }): void {
    const { name, context, scope } = call;
    const { inlines } = this;
    const template = this.frames.at(-1)?.template;
    let { data } = scope;
    let block: PartialBlock | undefined;
    if (node.program !== undefined && template !== undefined) {
      block = { program: node.program, scope, template };
      data = { values: data.values, parent: data, partialBlock: block };
      this.defineInlines(node.program, scope);
    }
    const inline = name === '@partial-block' ? scope.data.partialBlock : findInline(this.inlines, name);
    const found = inline === undefined ? this.findPartial(name) : undefined;
    if (inline !== undefined) this.writeBlock(inline, name, { context, data });
    else if (found !== undefined) this.write(found, found.program, partialScope(context, data));
    else if (block !== undefined) this.writeBlock(block, name, { context, data });
    else throw new EvaluationError(`the partial ${name} could not be found`);
    this.inlines = inlines;
  }

  /** Writes an inline partial or the block of a partial: it sees what is around its definition. */
  private writeBlock(block: PartialBlock, name: string, call: { context: GoValue; data: DataFrame }): void {
    // Within a block, @partial-block is what it was around the block.
    const isOwn = call.data.partialBlock?.program === block.program;
    const { partialBlock } = block.scope.data;
    const data = isOwn ? { values: call.data.values, parent: call.data, partialBlock } : call.data;
    const scope = { ...blockScope(block.scope, call.context), data };
    this.write({ ...block.template, name }, block.program, scope, block.scope);
  }

  private indented(text: string, indent: string): string {
    const lines = text.split('\n');
    this.charge(lines.length);
    this.spend(text.length + lines.length * indent.length);
    return lines.map((line, index) => (line === '' && index === lines.length - 1 ? line : indent + line)).join('\n');
  }

  private findPartial(name: string): Template | undefined {
    return this.program.partials.find(name, this.frames.at(-1)?.template.file ?? '');
  }

  /** Makes the partials that a block defines known, until whoever called this puts `inlines` back. */
  private defineInlines(program: ProgramNode, scope: Scope): void {
    if (!hasInlines(program)) return;
    const table = inlinesOf(program, {
      scope,
      template: this.frames.at(-1)?.template,
      step: (node) => this.step(node),
      nameOf: (node) => printed(this.walked(this.expressions.value(node, scope))),
    });
    this.inlines = { table, outer: this.inlines };
  }
}
