/**
 * Fields, map entries and methods of a value: evalField and evalFieldChain of text/template's exec.go (Go 1.26), with
 * missingkey=zero or missingkey=error.
 */
import { elementType, typeName, zeroValue } from '../go-types.ts';
import { GoMap, GoNamedMap, GoNamedNumber, GoNamedSlice, GoStruct, type GoValue } from '../go-value.ts';
import type { Node } from '../node.ts';
import { quote } from '../quote.ts';
import type { RenderState } from './render-state.ts';

/** Whether what a chain starts from is held in an interface: errors then name `interface {}` as its type. */
export type IsInterface = (state: RenderState) => boolean;

/** A method bound to its receiver. */
export interface BoundMethod {
  /** Undefined where any arguments are passed on as they are. */
  readonly parameters: readonly string[] | undefined;
  /** Why it can't be called, if so. */
  readonly refused: string | undefined;
  readonly call: (args: readonly GoValue[]) => GoValue;
}

/** Walks `count` names from a value. The node is where errors are reported. */
export function walkFields(
  state: RenderState,
  start: GoValue,
  chain: { readonly node: Node; readonly idents: readonly string[]; readonly isInterface: IsInterface },
  count: number = chain.idents.length,
): GoValue {
  const { idents } = chain;
  let value = start;
  let holder: GoValue;
  for (let i = 0; i < count; i++) {
    const name = idents[i] as string;
    const receiver: GoValue = value;
    if (receiver instanceof Map) {
      const found = receiver.get(name);
      value = found === undefined ? missingEntry(state, name, null) : found;
    } else {
      const heldBy = holder;
      const isInterface = () => (i === 0 ? chain.isInterface(state) : elementIsInterface(heldBy, idents[i - 1] ?? ''));
      value = otherField(state, receiver, { name, node: chain.node, isInterface });
    }
    holder = receiver;
  }
  return value;
}

/** A name behind a value, and where its errors are reported. */
export interface Field {
  readonly name: string;
  readonly node: Node;
  readonly isInterface: IsInterface;
}

function otherField(state: RenderState, receiver: GoValue, field: Field): GoValue {
  const { name } = field;
  if (receiver instanceof GoMap) {
    if (receiver instanceof GoNamedMap && receiver.methods.has(name))
      return callWithoutArguments(state, receiver, field);
    const found = receiver.entries.get(name);
    return found === undefined ? missingEntry(state, name, zeroElement(receiver)) : found;
  }
  if (receiver === undefined) {
    if (state.isStrict) throw state.error(`nil data; no entry for key ${quote(name)}`);
    return undefined;
  }
  if (receiver === null) throw state.error(`nil pointer evaluating interface {}.${name}`);
  if (methodOf(receiver, name) !== undefined) return callWithoutArguments(state, receiver, field);
  if (receiver instanceof GoStruct && receiver.fields.has(name)) {
    if (!/^\p{Lu}/u.test(name)) {
      throw state.error(`${name} is an unexported field of struct type ${typeName(receiver)}`);
    }
    return receiver.fields.get(name) ?? null;
  }
  throw state.error(
    `can't evaluate field ${name} in type ${field.isInterface(state) ? 'interface {}' : typeName(receiver)}`,
  );
}

/** The last name of a chain where arguments are given: a method, or an error. */
export function fieldWithArguments(state: RenderState, receiver: GoValue, field: Field): BoundMethod | undefined {
  const { name } = field;
  if (receiver === null || receiver === undefined) {
    otherField(state, receiver, field);
    return undefined;
  }
  const method = methodOf(receiver, name);
  if (method !== undefined) return method;
  if (receiver instanceof Map || receiver instanceof GoMap) {
    throw state.error(`${name} is not a method but has arguments`);
  }
  if (receiver instanceof GoStruct && receiver.fields.has(name)) {
    throw state.error(`${name} has arguments but cannot be invoked as function`);
  }
  otherField(state, receiver, field);
  return undefined;
}

function missingEntry(state: RenderState, name: string, zero: GoValue): GoValue {
  if (state.isStrict) throw state.error(`map has no entry for key ${quote(name)}`);
  return zero;
}

/** What a map of a type has where it has no entry. */
export function zeroElement(map: GoMap): GoValue {
  return map.elem === 'interface {}' ? null : zeroValue(map.elem);
}

/** True if what a value holds is held in interfaces: entries of a map[string]interface {}, fields of such a type. */
export function elementIsInterface(holder: GoValue, name: string): boolean {
  if (holder instanceof GoStruct) {
    return holder.type.fields.some((field) => field.name === name && field.type === 'interface {}');
  }
  return elementType(holder) === 'interface {}';
}

/** The method of a value, if its type has one of that name. */
export function methodOf(receiver: GoValue, name: string): BoundMethod | undefined {
  if (receiver instanceof GoStruct) return bind(receiver.type.methods.get(name), receiver);
  if (receiver instanceof GoNamedMap || receiver instanceof GoNamedSlice) {
    return receiver instanceof GoNamedMap
      ? bind(receiver.methods.get(name), receiver)
      : bind(receiver.methods.get(name), receiver);
  }
  if (receiver instanceof GoNamedNumber) return bind(receiver.named.methods.get(name), receiver);
  return undefined;
}

function bind<Receiver>(
  method:
    | (((receiver: Receiver, args: readonly GoValue[]) => GoValue) & {
        readonly parameters?: readonly string[];
        readonly refused?: string;
      })
    | undefined,
  receiver: Receiver,
): BoundMethod | undefined {
  if (method === undefined) return undefined;
  return { parameters: method.parameters, refused: method.refused, call: (args) => method(receiver, args) };
}

function callWithoutArguments(state: RenderState, receiver: GoValue, { name, node }: Field): GoValue {
  const method = methodOf(receiver, name);
  if (method === undefined) return undefined;
  const wrongCount = argumentCountError(name, method.parameters, 0);
  if (wrongCount !== undefined) throw state.error(wrongCount);
  if (method.refused !== undefined) throw state.error(method.refused);
  return state.guard(name, node, () => method.call([]));
}

/** Go's text for a number of arguments that does not fit; undefined if it fits. */
export function argumentCountError(
  name: string,
  parameters: readonly string[] | undefined,
  count: number,
  written: number = count,
): string | undefined {
  if (parameters === undefined) return undefined;
  const last = parameters.length === 0 ? '' : (parameters[parameters.length - 1] as string);
  if (last.startsWith('...')) {
    const least = parameters.length - 1;
    return count < least ? `wrong number of args for ${name}: want at least ${least} got ${written}` : undefined;
  }
  if (count === parameters.length) return undefined;
  return `wrong number of args for ${name}: want ${parameters.length} got ${count}`;
}

/** The parameter type of an argument, by its index among those given. */
export function parameterType(parameters: readonly string[], index: number): string {
  const end = parameters.length - 1;
  if (index < end) return parameters[index] as string;
  const last = parameters[end] ?? 'interface {}';
  if (last.startsWith('...')) return last.slice(3);
  return index === end ? last : 'interface {}';
}
