/**
 * The parser: one text to its trees, that of the text itself and those of its `define` and `block` actions. Follows
 * text/template/parse/parse.go of Go 1.26, with its error texts.
 */

import type { Token } from './lex.ts';
import { Lexer } from './lex.ts';
import {
  type BranchNode,
  type EndNode,
  isEmptyTree,
  type ListNode,
  type Node,
  nodeText,
  type Tree,
  type TreeInfo,
} from './node.ts';
import { type PipelineScope, parsePipeline } from './parse-pipeline.ts';
import { INVALID_SYNTAX, quote, unquote } from './quote.ts';
import { ParseError, TokenReader } from './token-reader.ts';

/**
 * Parses a text. The trees come in the order in which they were finished; the text's own is the last to be added.
 * Throws ParseError.
 */
export function parseTemplate(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
): ReadonlyMap<string, Tree> {
  const trees = new Map<string, Tree>();
  const parser = new TreeParser(new Lexer(text), { name, parseName: name, text }, { trees, hasFunction });
  try {
    parser.parseFile();
  } catch (error) {
    // Nesting so deep that the stack ends is refused as Go refuses nested parentheses.
    if (error instanceof RangeError) throw parser.reader.error('max expression depth exceeded');
    throw error;
  }
  return trees;
}

interface FileContext {
  readonly trees: Map<string, Tree>;
  hasFunction(name: string): boolean;
}

class TreeParser implements PipelineScope {
  readonly reader: TokenReader;
  readonly variables: string[] = ['$'];
  parenDepth = 0;
  private readonly lexer: Lexer;
  private readonly file: FileContext;
  private tree: TreeInfo;
  private rangeDepth = 0;

  constructor(lexer: Lexer, tree: TreeInfo, file: FileContext) {
    this.lexer = lexer;
    this.tree = tree;
    this.file = file;
    this.reader = new TokenReader(lexer, tree);
  }

  hasFunction(name: string): boolean {
    return this.file.hasFunction(name);
  }

  parseFile(): void {
    const { reader } = this;
    const root: ListNode = { type: 'list', position: reader.peek().position, tree: this.tree, nodes: [] };
    while (reader.peek().type !== 'EOF') {
      if (reader.peek().type === 'leftDelim') {
        const delim = reader.next();
        if (reader.nextNonSpace().type === 'define') {
          this.parseDefinition();
          continue;
        }
        reader.backup2(delim);
      }
      const node = this.textOrAction();
      if (node.type === 'end' || node.type === 'else') throw reader.error(`unexpected ${nodeText(node)}`);
      root.nodes.push(node);
    }
    this.add(root);
  }

  private parseDefinition(): void {
    // Until its name is known, a definition reports errors as a part of the file, which it is.
    const named: { name: string; parseName: string; text: string } = { ...this.tree, name: 'definition' };
    const parser = new TreeParser(this.lexer, named, this.file);
    const context = 'define clause';
    named.name = parser.templateName(parser.reader.expect(['string', 'rawString'], context), context);
    parser.reader.expect(['rightDelim'], context);
    parser.add(parser.body(context));
  }

  /** The list of a definition or block, up to its end. */
  private body(context: string): ListNode {
    const { list, end } = this.itemList();
    if (end.type !== 'end') throw this.reader.error(`unexpected ${nodeText(end)} in ${context}`);
    return list;
  }

  private add(root: ListNode): void {
    const { trees } = this.file;
    const existing = trees.get(this.tree.name);
    if (existing === undefined || isEmptyTree(existing.root)) trees.set(this.tree.name, { ...this.tree, root });
    else if (!isEmptyTree(root)) {
      throw this.reader.error(`template: multiple definition of template ${quote(this.tree.name)}`);
    }
  }

  private itemList(): { list: ListNode; end: EndNode } {
    const { reader } = this;
    const list: ListNode = { type: 'list', position: reader.peekNonSpace().position, tree: this.tree, nodes: [] };
    while (reader.peekNonSpace().type !== 'EOF') {
      const node = this.textOrAction();
      if (node.type === 'end' || node.type === 'else') return { list, end: node };
      list.nodes.push(node);
    }
    throw reader.error('unexpected EOF');
  }

  private textOrAction(): Node {
    const { reader } = this;
    const token = reader.nextNonSpace();
    if (token.type === 'text') {
      return { type: 'text', position: token.position, tree: this.tree, text: token.text };
    }
    if (token.type !== 'leftDelim') throw reader.unexpected(token, 'input');
    reader.actionLine = token.line;
    const node = this.action();
    reader.actionLine = 0;
    return node;
  }

  private action(): Node {
    const { reader, tree } = this;
    const token = reader.nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.block();
      case 'break':
      case 'continue':
        return this.loopControl(token.type, token);
      case 'else':
        return this.elseControl();
      case 'end':
        return { type: 'end', position: reader.expect(['rightDelim'], 'end').position, tree };
      case 'if':
      case 'range':
      case 'with':
        return this.branch(token.type);
      case 'template':
        return this.template();
      default: {
        reader.backup();
        const { position } = reader.peek();
        return { type: 'action', position, tree, pipe: parsePipeline(this, 'command') };
      }
    }
  }

  private loopControl(type: 'break' | 'continue', keyword: Token): Node {
    const { reader, tree } = this;
    const token = reader.nextNonSpace();
    if (token.type !== 'rightDelim') throw reader.unexpected(token, `{{${type}}}`);
    if (this.rangeDepth === 0) throw reader.error(`{{${type}}} outside {{range}}`);
    return { type, position: keyword.position, tree };
  }

  private branch(type: 'if' | 'range' | 'with'): BranchNode {
    const { reader, tree } = this;
    const mark = this.variables.length;
    const pipe = parsePipeline(this, type);
    if (type === 'range') this.rangeDepth++;
    const { list, end } = this.itemList();
    if (type === 'range') this.rangeDepth--;
    let elseList: ListNode | undefined;
    if (end.type === 'else') {
      // "else if" and "else with" are a nested action whose end is this one's, too.
      if (type !== 'range' && reader.peek().type === type) {
        reader.next();
        elseList = { type: 'list', position: end.position, tree, nodes: [this.branch(type)] };
      } else {
        const otherwise = this.itemList();
        if (otherwise.end.type !== 'end') throw reader.error(`expected end; found ${nodeText(otherwise.end)}`);
        elseList = otherwise.list;
      }
    }
    this.variables.length = mark;
    return { type, position: pipe.position, tree, pipe, list, elseList };
  }

  private elseControl(): EndNode {
    const { reader, tree } = this;
    const next = reader.peekNonSpace();
    if (next.type === 'if' || next.type === 'with') return { type: 'else', position: next.position, tree };
    return { type: 'else', position: reader.expect(['rightDelim'], 'else').position, tree };
  }

  private block(): Node {
    const { reader, tree } = this;
    const context = 'block clause';
    const token = reader.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = parsePipeline(this, context);
    const parser = new TreeParser(this.lexer, { ...tree, name }, this.file);
    parser.add(parser.body(context));
    return { type: 'template', position: token.position, tree, name, pipe };
  }

  private template(): Node {
    const { reader, tree } = this;
    const context = 'template clause';
    const token = reader.nextNonSpace();
    const name = this.templateName(token, context);
    if (reader.nextNonSpace().type === 'rightDelim') {
      return { type: 'template', position: token.position, tree, name, pipe: undefined };
    }
    reader.backup();
    return { type: 'template', position: token.position, tree, name, pipe: parsePipeline(this, context) };
  }

  private templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') throw this.reader.unexpected(token, context);
    const name = unquote(token.text);
    if (name === undefined) throw this.reader.error(INVALID_SYNTAX);
    return name;
  }
}

export { ParseError };
