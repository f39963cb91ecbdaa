/**
 * Pipelines, commands and operands of an action. Follows text/template/parse/parse.go of Go 1.26.
 */

import type { Gathering } from './gathering.ts';
import { type ChainNode, type CommandNode, nodeText, type Operand, type PipeNode, type VariableNode } from './node.ts';
import { parseNumber } from './parse-number.ts';
import { INVALID_SYNTAX, quote, unquote } from './quote.ts';
import type { Token, TokenType } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** Go's limit to nested parentheses. */
const MAX_PARENTHESES = 10_000;

/** Most pipelines have none. */
const NO_DECLARATIONS: readonly VariableNode[] = [];
const NO_COMMANDS: readonly CommandNode[] = [];

/** What parsing an action needs beyond its tokens. */
export interface PipelineScope {
  readonly reader: TokenReader;
  hasFunction(name: string): boolean;
  /** True for a variable that is defined here. */
  hasVariable(name: string): boolean;
  declareVariable(name: string): void;
  parenDepth: number;
  /** Where the parts of what is being parsed gather. */
  readonly commands: Gathering<CommandNode>;
  readonly operands: Gathering<Operand>;
}

const operandStarts: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

/** Parses `declarations? command ('|' command)*` up to the end token, which is taken. */
export function parsePipeline(scope: PipelineScope, context: string, end: TokenType = 'rightDelim'): PipeNode {
  const { reader } = scope;
  const pipe: PipeNode = {
    type: 'pipe',
    position: reader.peekNonSpace().position,
    isAssign: false,
    declarations: NO_DECLARATIONS,
    commands: NO_COMMANDS,
  };
  parseDeclarations(scope, pipe, context);
  const { commands } = scope;
  const mark = commands.mark();
  for (;;) {
    const token = reader.nextNonSpace();
    if (token.type === end) {
      pipe.commands = commands.take(mark);
      checkPipeline(scope, pipe, context);
      return pipe;
    }
    if (!operandStarts.has(token.type)) throw reader.unexpected(token, context);
    reader.backup();
    commands.push(parseCommand(scope));
  }
}

function parseDeclarations(scope: PipelineScope, pipe: PipeNode, context: string): void {
  const { reader } = scope;
  for (;;) {
    const name = reader.peekNonSpace();
    if (name.type !== 'variable') return;
    reader.next();
    // "$x foo" must be told from "$x := foo": the token beside the variable may have to be put back, too.
    const beside = reader.peek();
    const next = reader.peekNonSpace();
    if (next.type === 'assign' || next.type === 'declare') {
      pipe.isAssign = next.type === 'assign';
      reader.nextNonSpace();
      declare(scope, pipe, name);
      return;
    }
    if (next.type !== 'char' || next.text !== ',') {
      if (beside.type === 'space') reader.backup3(name, beside);
      else reader.backup2(name);
      return;
    }
    reader.nextNonSpace();
    declare(scope, pipe, name);
    if (context !== 'range' || pipe.declarations.length >= 2) {
      throw reader.error(`too many declarations in ${context}`);
    }
    const following = reader.peekNonSpace().type;
    if (following !== 'variable' && following !== 'rightDelim' && following !== 'rightParen') {
      throw reader.error('range can only initialize variables');
    }
  }
}

function declare(scope: PipelineScope, pipe: PipeNode, name: Token): void {
  pipe.declarations = [...pipe.declarations, variableNode(name)];
  scope.declareVariable(name.text);
}

function variableNode(token: Token): VariableNode {
  return { type: 'variable', position: token.position, idents: token.text.split('.') };
}

function checkPipeline(scope: PipelineScope, pipe: PipeNode, context: string): void {
  if (pipe.commands.length === 0) throw scope.reader.error(`missing value for ${context}`);
  pipe.commands.forEach((command, index) => {
    if (index > 0 && isConstant(command.args[0])) {
      throw scope.reader.error(`non executable command in pipeline stage ${index + 1}`);
    }
  });
}

/** An operand that no value can be piped to and that has no fields. */
function isConstant(operand: Operand | undefined): boolean {
  switch (operand?.type) {
    case 'bool':
    case 'dot':
    case 'nil':
    case 'number':
    case 'string':
      return true;
    default:
      return false;
  }
}

/** Parses space-separated operands; takes a pipe after them, leaves a right delimiter or parenthesis. */
function parseCommand(scope: PipelineScope): CommandNode {
  const { reader, operands } = scope;
  const { position } = reader.peekNonSpace();
  const mark = operands.mark();
  for (;;) {
    reader.peekNonSpace();
    const operand = parseOperand(scope);
    if (operand !== undefined) operands.push(operand);
    const token = reader.next();
    if (token.type === 'space') continue;
    if (token.type === 'rightDelim' || token.type === 'rightParen') reader.backup();
    else if (token.type !== 'pipe') throw reader.unexpected(token, 'operand');
    break;
  }
  const args = operands.take(mark);
  if (args.length === 0) throw reader.error('empty command');
  return { type: 'command', position, args };
}

/** Parses a term and the fields behind it; undefined if the next token starts no term. */
function parseOperand(scope: PipelineScope): Operand | undefined {
  const { reader } = scope;
  const node = parseTerm(scope);
  if (node === undefined || reader.peek().type !== 'field') return node;
  const { position } = reader.peek();
  const fields: string[] = node.type === 'field' || node.type === 'variable' ? [...node.idents] : [];
  while (reader.peek().type === 'field') fields.push(reader.next().text.slice(1));
  switch (node.type) {
    case 'field':
    case 'variable':
      return { type: node.type, position, idents: fields };
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      throw reader.error(`unexpected . after term ${quote(nodeText(node))}`);
    default: {
      const chain: ChainNode = { type: 'chain', position, node, fields };
      return chain;
    }
  }
}

function parseTerm(scope: PipelineScope): Operand | undefined {
  const { reader } = scope;
  const token = reader.nextNonSpace();
  const { position, text } = token;
  switch (token.type) {
    case 'identifier':
      if (!scope.hasFunction(text)) throw reader.error(`function ${quote(text)} not defined`);
      return { type: 'identifier', position, name: text };
    case 'dot':
    case 'nil':
      return { type: token.type, position };
    case 'variable':
      return useVariable(scope, token);
    case 'field':
      return { type: 'field', position, idents: [text.slice(1)] };
    case 'bool':
      return { type: 'bool', position, value: text === 'true' };
    case 'charConstant':
    case 'complex':
    case 'number': {
      const number = parseNumber(text, token.type);
      if (typeof number === 'string') throw reader.error(number);
      return { type: 'number', position, text, number };
    }
    case 'leftParen':
      return parseParentheses(scope);
    case 'string':
    case 'rawString': {
      const value = unquote(text);
      if (value === undefined) throw reader.error(INVALID_SYNTAX);
      return { type: 'string', position, quoted: text, text: value };
    }
    default:
      reader.backup();
      return undefined;
  }
}

function parseParentheses(scope: PipelineScope): PipeNode {
  if (scope.parenDepth >= MAX_PARENTHESES) throw scope.reader.error('max expression depth exceeded');
  scope.parenDepth++;
  const pipe = parsePipeline(scope, 'parenthesized pipeline', 'rightParen');
  scope.parenDepth--;
  return pipe;
}

function useVariable(scope: PipelineScope, token: Token): VariableNode {
  const node = variableNode(token);
  const name = node.idents[0] ?? '';
  if (!scope.hasVariable(name)) throw scope.reader.error(`undefined variable ${quote(name)}`);
  return node;
}
