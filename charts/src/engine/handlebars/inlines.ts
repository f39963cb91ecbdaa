/** Inline partials, `{{#*inline "name"}}...{{/inline}}`: which a block defines, and which one a name means within it. */
import { EvaluationError } from './evaluation-error.ts';
import type { BlockNode, Expression, MustacheNode, Node, ProgramNode } from './node.ts';
import type { Template } from './partials.ts';
import type { PartialBlock, Scope } from './scope.ts';

/** Partials defined in blocks that are being written, innermost first. */
export interface Inlines {
  readonly table: ReadonlyMap<string, PartialBlock>;
  readonly outer: Inlines | undefined;
}

export interface Definitions {
  readonly scope: Scope;
  /** The template that is being written. */
  readonly template: Template | undefined;
  step(node: Node): void;
  nameOf(node: Expression): string;
}

export function findInline(innermost: Inlines | undefined, name: string): PartialBlock | undefined {
  for (let inlines = innermost; inlines !== undefined; inlines = inlines.outer) {
    const found = inlines.table.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a block defines any, which few do. */
export function hasInlines(program: ProgramNode): boolean {
  for (const { type } of program.body) if (type === 'Decorator' || type === 'DecoratorBlock') return true;
  return false;
}

/** The partials that a block defines. Throws EvaluationError for other decorators. */
export function inlinesOf(program: ProgramNode, about: Definitions): ReadonlyMap<string, PartialBlock> {
  const table = new Map<string, PartialBlock>();
  for (const node of program.body) {
    if (node.type !== 'Decorator' && node.type !== 'DecoratorBlock') continue;
    about.step(node);
    table.set(inlineName(node, about), inlinePartial(node, about));
  }
  return table;
}

function inlineName(node: BlockNode | MustacheNode, { nameOf }: Definitions): string {
  const name = node.params[0];
  if (node.path.original !== 'inline' || name === undefined) {
    throw new EvaluationError(`the only decorator is {{#*inline "name"}}, not ${String(node.path.original)}`);
  }
  return nameOf(name);
}

function inlinePartial(node: BlockNode | MustacheNode, { scope, template }: Definitions): PartialBlock {
  if (node.type !== 'DecoratorBlock' || !('program' in node) || node.program === undefined || template === undefined) {
    throw new EvaluationError('inline is a block: write {{#*inline "name"}}...{{/inline}}');
  }
  return { program: node.program, scope, template };
}
