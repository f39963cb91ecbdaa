/** Nodes whose pipelines are parsed when they are first asked for: most of a chart's templates never run. */
import { Gathering } from './gathering.ts';
import { Lexer } from './lex.ts';
import type { ActionNode, BranchNode, CommandNode, ListNode, Operand, PipeNode, TemplateNode } from './node.ts';
import { type PipelineScope, parsePipeline } from './parse-pipeline.ts';
import { TokenReader } from './token-reader.ts';

/** Parses pipelines that are known to parse. */
export class LateParser implements PipelineScope {
  private readonly lexer = new Lexer('');
  readonly reader = new TokenReader(this.lexer, '');
  parenDepth = 0;
  readonly commands = new Gathering<CommandNode>();
  readonly operands = new Gathering<Operand>();

  /** The pipeline of an action from a place behind its left delimiter and keyword. */
  parse(text: string, position: number, context: string): PipeNode {
    this.lexer.startInside(text, position);
    try {
      return parsePipeline(this, context);
    } catch (error) {
      // The stack may end here. What was begun is dropped.
      this.reader.clear();
      this.commands.take(0);
      this.operands.take(0);
      this.parenDepth = 0;
      throw error;
    } finally {
      this.lexer.startInside('', 0);
    }
  }

  hasFunction(): boolean {
    return true;
  }

  hasVariable(): boolean {
    return true;
  }

  declareVariable(): void {}
}

/** A text, and who parses parts of it. */
export interface LateSource {
  readonly text: string;
  readonly parser: LateParser;
}

export class LateAction implements ActionNode {
  readonly type = 'action';
  readonly position: number;
  private source: LateSource | PipeNode;

  constructor(source: LateSource, position: number) {
    this.source = source;
    this.position = position;
  }

  get pipe(): PipeNode {
    this.source = pipeOf(this.source, this.position, 'command');
    return this.source;
  }
}

export class LateBranch implements BranchNode {
  readonly type: BranchNode['type'];
  readonly position: number;
  readonly list: ListNode;
  elseList: ListNode | undefined;
  private source: LateSource | PipeNode;

  constructor(type: BranchNode['type'], source: LateSource, place: { position: number; list: ListNode }) {
    this.type = type;
    this.position = place.position;
    this.list = place.list;
    this.elseList = undefined;
    this.source = source;
  }

  get pipe(): PipeNode {
    this.source = pipeOf(this.source, this.position, this.type);
    return this.source;
  }
}

export class LateTemplate implements TemplateNode {
  readonly type = 'template';
  readonly position: number;
  readonly name: string;
  private readonly pipePosition: number;
  private source: LateSource | PipeNode;

  /** A place of -1 for the pipeline is none. */
  constructor(name: string, source: LateSource, place: { position: number; pipe: number }) {
    this.name = name;
    this.position = place.position;
    this.pipePosition = place.pipe;
    this.source = source;
  }

  get pipe(): PipeNode | undefined {
    if (this.pipePosition < 0) return undefined;
    this.source = pipeOf(this.source, this.pipePosition, 'template clause');
    return this.source;
  }
}

function pipeOf(source: LateSource | PipeNode, position: number, context: string): PipeNode {
  return 'parser' in source ? source.parser.parse(source.text, position, context) : source;
}
