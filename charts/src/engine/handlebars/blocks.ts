/**
 * The block helpers: Handlebars 4.7's if, unless, with and each, sections without a helper (`{{#x}}`), and `raw`, which
 * writes its body as it is. Follows lib/handlebars/helpers there, with maps in the order of their keys.
 */
import { FunctionError } from '../functions/function.ts';
import { elementCount } from '../gotemplate/go-types.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import type { BlockOptions } from './scope.ts';
import { isEmpty, isList, isZero, itemsOf } from './value.ts';

/** A block as its helper sees it. */
export interface BlockCall {
  readonly args: readonly GoValue[];
  readonly hash: ReadonlyMap<string, GoValue>;
  readonly context: GoValue;
  /** Counts work that has no node of its own. */
  charge(steps: number): void;
  /** Writes the block with a context. */
  fn(context: GoValue, options?: Omit<BlockOptions, 'names'>): void;
  /** Writes the part behind `{{else}}`, with the context around it. */
  inverse(): void;
}

export type BlockHelper = (call: BlockCall) => void;

const STEPS_AN_ITEM = 10;

/** Block helpers by name. */
export const blockHelpers: ReadonlyMap<string, BlockHelper> = new Map<string, BlockHelper>([
  ['if', (call) => choose(call, isMet('if', call))],
  ['unless', (call) => choose(call, !isMet('unless', call))],
  ['with', writeWith],
  ['each', (call) => writeEach(call, onlyArgument('each', call))],
  ['raw', (call) => call.fn(call.context)],
]);

/** `{{#x}}` where `x` is no helper: a list is repeated, true and false choose, and anything else is the context. */
export function writeSection(call: BlockCall, value: GoValue): void {
  if (value === true) call.fn(call.context);
  else if (value === false || value === null || value === undefined) call.inverse();
  else if (isList(value)) writeEach(call, value);
  else call.fn(value);
}

function choose(call: BlockCall, isChosen: boolean): void {
  if (isChosen) call.fn(call.context);
  else call.inverse();
}

function isMet(name: string, call: BlockCall): boolean {
  const value = onlyArgument(name, call);
  if (isZero(value)) return call.hash.get('includeZero') === true;
  return !isEmpty(value);
}

function writeWith(call: BlockCall): void {
  const value = onlyArgument('with', call);
  if (isEmpty(value)) call.inverse();
  else call.fn(value, { values: [value] });
}

function writeEach(call: BlockCall, value: GoValue): void {
  // Keys and values are put beside each other, and sorted.
  call.charge(STEPS_AN_ITEM * (elementCount(value) ?? 0));
  const items = itemsOf(value) ?? [];
  if (items.length === 0) call.inverse();
  for (const [index, [key, item]] of items.entries()) {
    const data = new Map<string, GoValue>([
      ['key', key],
      ['index', BigInt(index)],
      ['first', index === 0],
      ['last', index === items.length - 1],
    ]);
    call.fn(item, { data, values: [item, key] });
  }
}

function onlyArgument(name: string, { args }: BlockCall): GoValue {
  if (args.length !== 1) throw new FunctionError(`#${name} requires exactly one argument`);
  return args[0];
}
