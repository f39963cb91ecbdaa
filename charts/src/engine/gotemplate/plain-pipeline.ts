/**
 * Trees of the pipelines of plain actions (plain-action.ts), from the tokens by which those were recognized: they are
 * known to parse, so nothing is checked. The trees and their places are those of the parser (parse-pipeline.ts).
 */
import { Gathering } from './gathering.ts';
import type { CommandNode, Operand, PipeNode, VariableNode } from './node.ts';
import { parseNumber } from './parse-number.ts';
import type { PlainAction } from './plain-action.ts';
import { unquote } from './quote.ts';

const NO_DECLARATIONS: readonly VariableNode[] = [];

export class PlainPipelines {
  private tokens: readonly string[] = [];
  private index = 0;
  /** Of the token at the index, in the text. */
  private position = 0;
  private readonly commands = new Gathering<CommandNode>();
  private readonly operands = new Gathering<Operand>();

  /** The pipeline of an action that starts at a place of its text. */
  parse(action: PlainAction, at: number): PipeNode {
    this.tokens = action.tokens;
    this.index = 0;
    this.position = at + action.rest;
    try {
      const pipe = this.pipeline(at + action.pipeline);
      if (action.declares.length > 0) {
        pipe.declarations = action.declares.map((name, index) => ({
          type: 'variable',
          position: at + (action.places[index] ?? 0),
          idents: [name],
        }));
        pipe.isAssign = action.isAssign;
      }
      return pipe;
    } catch (error) {
      // The stack may end here. What was begun is dropped.
      this.commands.take(0);
      this.operands.take(0);
      throw error;
    }
  }

  /** Commands to the end of the action, or to a parenthesis, which is taken. */
  private pipeline(place: number): PipeNode {
    const { tokens, commands, operands } = this;
    const commandMark = commands.mark();
    let mark = operands.mark();
    let start = -1;
    let first = place;
    for (;;) {
      const text = tokens[this.index++] as string;
      const { position } = this;
      const code = text.charCodeAt(0);
      this.position = position + text.length;
      if (code <= 0x20) {
        if (!text.endsWith('}}')) continue;
      } else if (code !== 0x7c && code !== 0x29 && code !== 0x7d) {
        if (start < 0) {
          start = position;
          if (first < 0) first = position;
        }
        operands.push(code === 0x28 ? this.parenthesized() : operand(text, code, position));
        continue;
      }
      commands.push({ type: 'command', position: start, args: operands.take(mark) });
      if (code !== 0x7c) break;
      mark = operands.mark();
      start = -1;
    }
    return {
      type: 'pipe',
      position: first,
      isAssign: false,
      declarations: NO_DECLARATIONS,
      commands: commands.take(commandMark),
    };
  }

  /** What is in parentheses, and the fields behind them. */
  private parenthesized(): Operand {
    const node = this.pipeline(-1);
    const { position } = this;
    const next = this.tokens[this.index] as string;
    if (next.charCodeAt(0) !== 0x2e) return node;
    this.index++;
    this.position += next.length;
    return { type: 'chain', position, node, fields: next.slice(1).split('.') };
  }
}

function operand(text: string, code: number, position: number): Operand {
  switch (code) {
    case 0x2e: {
      if (text.length === 1) return { type: 'dot', position };
      const idents = text.slice(1).split('.');
      // The place of a chain is that of its second name.
      return {
        type: 'field',
        position: idents.length > 1 ? position + 1 + (idents[0] as string).length : position,
        idents,
      };
    }
    case 0x24: {
      const idents = text.split('.');
      return {
        type: 'variable',
        position: idents.length > 1 ? position + (idents[0] as string).length : position,
        idents,
      };
    }
    case 0x22:
    case 0x60:
      return { type: 'string', position, quoted: text, text: unquote(text) as string };
    default:
  }
  if (code < 0x41) return number(text, position);
  switch (text) {
    case 'nil':
      return { type: 'nil', position };
    case 'true':
    case 'false':
      return { type: 'bool', position, value: text === 'true' };
    default:
      return { type: 'identifier', position, name: text };
  }
}

function number(text: string, position: number): Operand {
  const value = parseNumber(text, 'number');
  if (typeof value === 'string') throw new Error(`not a plain number: ${text}`);
  return { type: 'number', position, text, number: value };
}
