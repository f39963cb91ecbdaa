/**
 * Literals as nodes, with what is wrong with them.
 */
import type { Expr } from './ast.ts';
import type { Token } from './lexer.ts';
import { parseInt64, parseUint64, unquote, unquoteBytes } from './literals.ts';
import type { Nodes } from './nodes.ts';
import type { Value } from './values.ts';

/** The node of a literal that starts at an offset, with its sign. */
export function literalNode(nodes: Nodes, offset: number, token: Token, negative: boolean): Expr {
  const { value, problem } = read(token, negative);
  return problem === undefined ? nodes.literal(offset, value ?? null) : nodes.problem(offset, problem);
}

function read({ kind, text }: Token, negative: boolean): { readonly value?: Value; readonly problem?: string } {
  switch (kind) {
    case 'int': {
      const value = parseInt64(text, negative);
      return value === undefined ? { problem: 'invalid int literal' } : { value };
    }
    case 'uint': {
      const value = parseUint64(text);
      return value === undefined ? { problem: 'invalid uint literal' } : { value };
    }
    case 'double': {
      const value = Number(text) * (negative ? -1 : 1);
      return Number.isFinite(value) ? { value } : { problem: 'invalid double literal' };
    }
    case 'string': {
      const result = unquote(text);
      return 'text' in result ? { value: result.text } : result;
    }
    case 'bytes': {
      const result = unquoteBytes(text.slice(1));
      return 'bytes' in result ? { value: result.bytes } : result;
    }
    case "'true'":
      return { value: true };
    case "'false'":
      return { value: false };
    default:
      return { value: null };
  }
}
