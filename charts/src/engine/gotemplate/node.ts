/**
 * The nodes of a parsed template, and their texts as error messages show them. Follows text/template/parse/node.go of
 * Go 1.26.
 */
import { byteLength } from './bytes.ts';
import { quote } from './quote.ts';

/** A parsed text: what is outside of its definitions, and the `define`s and `block`s in it by name. */
export interface ParsedText {
  readonly main: ListNode;
  readonly definitions: ReadonlyMap<string, ListNode>;
  /** The number of tokens: what the trees weigh. */
  readonly tokens: number;
}

interface BaseNode {
  /** In UTF-16 units of the text. */
  readonly position: number;
}

export interface ListNode extends BaseNode {
  readonly type: 'list';
  nodes: readonly Node[];
}
export interface TextNode extends BaseNode {
  readonly type: 'text';
  readonly text: string;
}
export interface ActionNode extends BaseNode {
  readonly type: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends BaseNode {
  readonly type: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface BreakNode extends BaseNode {
  readonly type: 'break' | 'continue';
}
export interface EndNode extends BaseNode {
  readonly type: 'end' | 'else';
}
export interface TemplateNode extends BaseNode {
  readonly type: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}
export interface PipeNode extends BaseNode {
  readonly type: 'pipe';
  isAssign: boolean;
  declarations: readonly VariableNode[];
  commands: readonly CommandNode[];
}
export interface CommandNode extends BaseNode {
  readonly type: 'command';
  readonly args: readonly Operand[];
}
export interface IdentifierNode extends BaseNode {
  readonly type: 'identifier';
  readonly name: string;
}
/** `$x.a.b`: idents are `$x`, `a`, `b`. */
export interface VariableNode extends BaseNode {
  readonly type: 'variable';
  readonly idents: readonly string[];
}
export interface FieldNode extends BaseNode {
  readonly type: 'field';
  readonly idents: readonly string[];
}
/** `(pipe).a.b` or `fn.a`. */
export interface ChainNode extends BaseNode {
  readonly type: 'chain';
  readonly node: Operand;
  readonly fields: readonly string[];
}
export interface DotNode extends BaseNode {
  readonly type: 'dot';
}
export interface NilNode extends BaseNode {
  readonly type: 'nil';
}
export interface BoolNode extends BaseNode {
  readonly type: 'bool';
  readonly value: boolean;
}
export interface StringNode extends BaseNode {
  readonly type: 'string';
  /** With its quotes. */
  readonly quoted: string;
  readonly text: string;
}
export interface NumberNode extends BaseNode {
  readonly type: 'number';
  readonly text: string;
  readonly number: NumberValue;
}

/** All that a number can be taken for: Go's ideal constants. A member is undefined where the number doesn't fit it. */
export interface NumberValue {
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: { readonly real: number; readonly imaginary: number } | undefined;
}

export type Operand =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | StringNode
  | NumberNode
  | PipeNode;

export type Node =
  | ListNode
  | TextNode
  | ActionNode
  | BranchNode
  | BreakNode
  | EndNode
  | TemplateNode
  | CommandNode
  | Operand;

/** A node as Go's String() writes it. */
export function nodeText(node: Node): string {
  switch (node.type) {
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'text':
      return node.text;
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.type} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case 'break':
    case 'continue':
    case 'end':
    case 'else':
      return `{{${node.type}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`;
    case 'pipe':
      return pipeText(node);
    case 'command':
      return node.args.map((arg) => (arg.type === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg))).join(' ');
    case 'identifier':
      return node.name;
    case 'variable':
      return node.idents.join('.');
    case 'field':
      return `.${node.idents.join('.')}`;
    case 'chain': {
      const base = node.node.type === 'pipe' ? `(${nodeText(node.node)})` : nodeText(node.node);
      return `${base}.${node.fields.join('.')}`;
    }
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'number':
      return node.text;
  }
}

function pipeText(pipe: PipeNode): string {
  const commands = pipe.commands.map(nodeText).join(' | ');
  if (pipe.declarations.length === 0) return commands;
  return `${pipe.declarations.map(nodeText).join(', ')} ${pipe.isAssign ? '=' : ':='} ${commands}`;
}

/** Line from 1, and column in bytes as Go counts it: from 0 (on a first line, from the text's start). */
export function placeIn(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++;
  return { line, column: byteLength(before.slice(lineStart)) };
}

/** True for a tree of nothing but space (comments are no nodes): it never replaces another. */
export function isEmptyTree(node: Node): boolean {
  if (node.type === 'list') return node.nodes.every(isEmptyTree);
  return node.type === 'text' && isUnicodeSpace(node.text);
}

/** All characters are spaces as bytes.TrimSpace has it. */
function isUnicodeSpace(text: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}
