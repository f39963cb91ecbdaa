/** Calls of methods with arguments, e.g. `.Files.Get "a.txt"`, to closures. */
import type { GoValue } from '../go-value.ts';
import type { ChainNode, FieldNode, Operand, VariableNode } from '../node.ts';
import { compileLooseArgument } from './compile-argument.ts';
import type { Compiler } from './compiler.ts';
import {
  argumentCountError,
  elementIsInterface,
  fieldWithArguments,
  type IsInterface,
  parameterType,
  walkFields,
} from './field.ts';
import { parameterOf } from './parameter.ts';
import type { Eval } from './program.ts';

export interface MethodChain {
  readonly node: FieldNode | ChainNode | VariableNode;
  readonly start: Eval;
  readonly idents: readonly string[];
  readonly isInterface: IsInterface;
}

/** Compiles a chain whose last name is called with arguments, those written and the value piped in. */
export function compileMethodCall(
  compiler: Compiler,
  chain: MethodChain,
  call: { readonly args: readonly Operand[]; readonly previous: Eval | undefined },
): Eval {
  const { node, start, idents } = chain;
  const { previous } = call;
  const args = call.args.map((arg) => compileLooseArgument(compiler, arg));
  const name = idents.at(-1) ?? '';
  const count = args.length + (previous === undefined ? 0 : 1);
  return (state, dot) => {
    const piped = previous?.(state, dot);
    state.node = node;
    const base = start(state, dot);
    if (node.type !== 'chain') state.node = node;
    const holder = idents.length > 2 ? walkFields(state, base, chain, idents.length - 2) : base;
    const receiver = idents.length > 1 ? walkFields(state, base, chain, idents.length - 1) : base;
    const isInterface: IsInterface =
      idents.length > 1 ? () => elementIsInterface(holder, idents.at(-2) ?? '') : chain.isInterface;
    const method = fieldWithArguments(state, receiver, { name, node, isInterface });
    if (method === undefined) return undefined;
    const { parameters } = method;
    const wrongCount = argumentCountError(name, parameters, count, args.length);
    if (wrongCount !== undefined) throw state.error(wrongCount);
    if (method.refused !== undefined) throw state.error(method.refused);
    const typeAt = (index: number) => (parameters === undefined ? undefined : parameterType(parameters, index));
    const values: GoValue[] = args.map((arg, index) => arg(state, dot, typeAt(index)));
    if (previous !== undefined) {
      const type = typeAt(args.length) ?? 'interface {}';
      values.push(parameterOf(type).check(state, piped === null ? undefined : piped));
    }
    return state.guard(name, node, () => method.call(values));
  };
}
