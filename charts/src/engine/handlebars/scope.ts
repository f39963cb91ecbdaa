/** What names mean at a place of a template: the context and those around it, block parameters and `@` data. */
import type { GoValue } from '../gotemplate/go-value.ts';
import type { PathNode, ProgramNode } from './node.ts';
import type { Template } from './partials.ts';

/** The block of a `{{#> layout}}`, which the layout writes as `{{> @partial-block}}`. */
export interface PartialBlock {
  readonly program: ProgramNode;
  readonly scope: Scope;
  readonly template: Template;
}

/** `@` values. Inner frames have what outer ones have; `@../index` is the outer one's. */
export interface DataFrame {
  readonly values: ReadonlyMap<string, GoValue>;
  readonly parent: DataFrame | undefined;
  readonly partialBlock: PartialBlock | undefined;
}

interface BlockParams {
  readonly names: readonly string[];
  readonly values: readonly GoValue[];
  readonly parent: BlockParams | undefined;
}

export interface Scope {
  readonly context: GoValue;
  /** The scope of `../`. */
  readonly parent: Scope | undefined;
  readonly blockParams: BlockParams | undefined;
  readonly data: DataFrame;
}

/** The scope of a whole template. */
export function rootScope(context: GoValue): Scope {
  const data: DataFrame = { values: new Map([['root', context]]), parent: undefined, partialBlock: undefined };
  return { context, parent: undefined, blockParams: undefined, data };
}

/** The scope of a partial: nothing around its context, and the caller's `@` data. */
export function partialScope(context: GoValue, data: DataFrame): Scope {
  return { context, parent: undefined, blockParams: undefined, data };
}

/** What a helper hands to a block that it opens. */
export interface BlockOptions {
  readonly names?: readonly string[] | undefined;
  readonly values?: readonly GoValue[] | undefined;
  readonly data?: ReadonlyMap<string, GoValue> | undefined;
}

/** The scope of a block. A block with the context that is around it adds no level of `../`. */
export function blockScope(outer: Scope, context: GoValue, options: BlockOptions = {}): Scope {
  const isSame = context === outer.context || (isMissing(context) && isMissing(outer.context));
  const data = options.data === undefined ? outer.data : dataFrame(outer.data, options.data);
  const { names = [] } = options;
  const blockParams =
    names.length === 0 ? outer.blockParams : { names, values: options.values ?? [], parent: outer.blockParams };
  return { context, parent: isSame ? outer.parent : outer, blockParams, data };
}

function dataFrame(parent: DataFrame, values: ReadonlyMap<string, GoValue>): DataFrame {
  return { values: new Map([...parent.values, ...values]), parent, partialBlock: parent.partialBlock };
}

/** The value of a block parameter, in a box, or undefined where none has the name. */
export function blockParam(scope: Scope, name: string): { readonly value: GoValue } | undefined {
  for (let params = scope.blockParams; params !== undefined; params = params.parent) {
    const index = params.names.indexOf(name);
    if (index >= 0) return { value: params.values[index] };
  }
  return undefined;
}

/** The context `depth` levels up. */
export function contextAt(scope: Scope, depth: number): GoValue {
  let found: Scope | undefined = scope;
  for (let i = 0; i < depth; i++) found = found?.parent;
  return found?.context;
}

/** `@name`, `depth` frames up. */
export function dataAt(scope: Scope, depth: number, name: string): GoValue {
  let frame: DataFrame | undefined = scope.data;
  for (let i = 0; i < depth; i++) frame = frame?.parent;
  return frame?.values.get(name);
}

/** `this.x` and `./x`: a field of the context, whatever else has the name. */
export function isScoped(path: PathNode): boolean {
  return path.original.startsWith('.') || /^this\b/.test(path.original);
}

/** A single name, which can be that of a helper or block parameter. */
export function simpleName(path: PathNode): string | undefined {
  return path.parts.length === 1 && path.depth === 0 && !path.data && !isScoped(path) ? path.parts[0] : undefined;
}

function isMissing(value: GoValue): boolean {
  return value === undefined || value === null;
}
