/**
 * The parser: one text to its trees, that of the text itself and those of its `define` and `block` actions. Follows
 * text/template/parse/parse.go of Go 1.26, with its error texts.
 */

import { Gathering } from './gathering.ts';
import { Lexer } from './lex.ts';
import {
  type BranchNode,
  type CommandNode,
  type EndNode,
  isEmptyTree,
  type ListNode,
  type Node,
  nodeText,
  type Operand,
  type ParsedText,
} from './node.ts';
import { type PipelineScope, parsePipeline } from './parse-pipeline.ts';
import { INVALID_SYNTAX, quote, unquote } from './quote.ts';
import type { Token } from './token.ts';
import { TokenReader } from './token-reader.ts';

/** Parses a text, whose name is for errors. Throws ParseError. */
export function parseTemplate(name: string, text: string, hasFunction: (name: string) => boolean): ParsedText {
  const lexer = new Lexer(text);
  const file: FileContext = { name, lexer, definitions: new Map(), hasFunction };
  const parser = new TreeParser(file);
  try {
    const main = parser.parseFile();
    return { main, definitions: file.definitions, tokens: lexer.count };
  } catch (error) {
    // Nesting so deep that the stack ends is refused as Go refuses nested parentheses.
    if (error instanceof RangeError) throw parser.reader.error('max expression depth exceeded');
    throw error;
  }
}

/** What the parsers of one text share. */
interface FileContext {
  readonly name: string;
  readonly lexer: Lexer;
  readonly definitions: Map<string, ListNode>;
  hasFunction(name: string): boolean;
}

/** The error of a text that defines a name twice. */
export function multipleDefinition(name: string): string {
  return `template: multiple definition of template ${quote(name)}`;
}

const NO_NODES: readonly Node[] = [];

class TreeParser implements PipelineScope {
  readonly reader: TokenReader;
  /** Names of the variables that are defined here. */
  private readonly variables: string[] = ['$'];
  parenDepth = 0;
  readonly commands = new Gathering<CommandNode>();
  readonly operands = new Gathering<Operand>();
  private readonly nodes = new Gathering<Node>();
  private readonly file: FileContext;
  private rangeDepth = 0;

  constructor(file: FileContext) {
    this.file = file;
    this.reader = new TokenReader(file.lexer, file.name);
  }

  hasFunction(name: string): boolean {
    return this.file.hasFunction(name);
  }

  hasVariable(name: string): boolean {
    return this.variables.includes(name);
  }

  declareVariable(name: string): void {
    this.variables.push(name);
  }

  parseFile(): ListNode {
    const { reader } = this;
    const root = this.newList(reader.peek().position);
    const mark = this.nodes.mark();
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
      this.nodes.push(node);
    }
    root.nodes = this.nodes.take(mark);
    return root;
  }

  private parseDefinition(): void {
    const parser = new TreeParser(this.file);
    const context = 'define clause';
    const name = parser.templateName(parser.reader.expect(['string', 'rawString'], context), context);
    parser.reader.expect(['rightDelim'], context);
    parser.add(name, parser.body(context));
  }

  /** The list of a definition or block, up to its end; the reader says where an error is. */
  private body(context: string, place: TokenReader = this.reader): ListNode {
    const { list, end } = this.itemList();
    if (end.type !== 'end') throw place.error(`unexpected ${nodeText(end)} in ${context}`);
    return list;
  }

  /** Of two definitions of a name, one has to be empty. */
  private add(name: string, root: ListNode): void {
    const { definitions } = this.file;
    const existing = definitions.get(name);
    if (existing === undefined || isEmptyTree(existing)) definitions.set(name, root);
    else if (!isEmptyTree(root)) throw this.reader.error(multipleDefinition(name));
  }

  private newList(position: number): ListNode {
    return { type: 'list', position, nodes: NO_NODES };
  }

  private itemList(): { list: ListNode; end: EndNode } {
    const { reader } = this;
    const list = this.newList(reader.peekNonSpace().position);
    const mark = this.nodes.mark();
    while (reader.peekNonSpace().type !== 'EOF') {
      const node = this.textOrAction();
      if (node.type === 'end' || node.type === 'else') {
        list.nodes = this.nodes.take(mark);
        return { list, end: node };
      }
      this.nodes.push(node);
    }
    throw reader.error('unexpected EOF');
  }

  private textOrAction(): Node {
    const { reader } = this;
    const token = reader.nextNonSpace();
    if (token.type === 'text') {
      return { type: 'text', position: token.position, text: token.text };
    }
    if (token.type !== 'leftDelim') throw reader.unexpected(token, 'input');
    reader.actionStart = token;
    const node = this.action();
    reader.actionStart = undefined;
    return node;
  }

  private action(): Node {
    const { reader } = this;
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
        return { type: 'end', position: reader.expect(['rightDelim'], 'end').position };
      case 'if':
      case 'range':
      case 'with':
        return this.branch(token.type);
      case 'template':
        return this.template();
      default: {
        reader.backup();
        const { position } = reader.peek();
        return { type: 'action', position, pipe: parsePipeline(this, 'command') };
      }
    }
  }

  private loopControl(type: 'break' | 'continue', keyword: Token): Node {
    const { reader } = this;
    const token = reader.nextNonSpace();
    if (token.type !== 'rightDelim') throw reader.unexpected(token, `{{${type}}}`);
    if (this.rangeDepth === 0) throw reader.error(`{{${type}}} outside {{range}}`);
    return { type, position: keyword.position };
  }

  private branch(type: 'if' | 'range' | 'with'): BranchNode {
    const { reader } = this;
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
        elseList = { type: 'list', position: end.position, nodes: [this.branch(type)] };
      } else {
        const otherwise = this.itemList();
        if (otherwise.end.type !== 'end') throw reader.error(`expected end; found ${nodeText(otherwise.end)}`);
        elseList = otherwise.list;
      }
    }
    // One by one: to set the length of an array makes V8 copy it.
    while (this.variables.length > mark) this.variables.pop();
    return { type, position: pipe.position, pipe, list, elseList };
  }

  private elseControl(): EndNode {
    const { reader } = this;
    const next = reader.peekNonSpace();
    if (next.type === 'if' || next.type === 'with') return { type: 'else', position: next.position };
    return { type: 'else', position: reader.expect(['rightDelim'], 'else').position };
  }

  private block(): Node {
    const { reader } = this;
    const context = 'block clause';
    const token = reader.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = parsePipeline(this, context);
    const parser = new TreeParser(this.file);
    // The reader of what is around it: Go reports the clause.
    parser.add(name, parser.body(context, reader));
    return { type: 'template', position: token.position, name, pipe };
  }

  private template(): Node {
    const { reader } = this;
    const context = 'template clause';
    const token = reader.nextNonSpace();
    const name = this.templateName(token, context);
    if (reader.nextNonSpace().type === 'rightDelim') {
      return { type: 'template', position: token.position, name, pipe: undefined };
    }
    reader.backup();
    return { type: 'template', position: token.position, name, pipe: parsePipeline(this, context) };
  }

  private templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') throw this.reader.unexpected(token, context);
    const name = unquote(token.text);
    if (name === undefined) throw this.reader.error(INVALID_SYNTAX);
    return name;
  }
}
