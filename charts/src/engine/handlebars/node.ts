/**
 * The nodes of a parsed Handlebars text, as the parser of Handlebars 4.7 gives them (its AST, which is a public format:
 * docs/compiler-api.md there). Only what the evaluator reads is named.
 */

/** Line from 1, column from 0, in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface BaseNode {
  readonly loc: { readonly start: Position; readonly end: Position };
}

export interface PathNode extends BaseNode {
  readonly type: 'PathExpression';
  /** `@name`. */
  readonly data: boolean;
  /** The number of `../`. */
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}

export interface LiteralNode extends BaseNode {
  readonly type: 'StringLiteral' | 'NumberLiteral' | 'BooleanLiteral' | 'UndefinedLiteral' | 'NullLiteral';
  readonly value?: string | number | boolean;
  readonly original?: string | number | boolean;
}

/** `key=value` arguments. */
export interface Hash {
  readonly pairs: readonly { readonly key: string; readonly value: Expression }[];
}

/** What a name is called with. */
export interface CallParts extends BaseNode {
  readonly path: PathNode | LiteralNode;
  readonly params: readonly Expression[];
  readonly hash?: Hash | undefined;
}

export interface SubExpressionNode extends CallParts {
  readonly type: 'SubExpression';
}

/** What calls a helper or method, or names a value. */
export type CallNode = MustacheNode | SubExpressionNode;

export type Expression = PathNode | LiteralNode | SubExpressionNode;

export interface ProgramNode extends BaseNode {
  readonly type: 'Program';
  readonly body: readonly Statement[];
  readonly blockParams?: readonly string[];
}

export interface ContentNode extends BaseNode {
  readonly type: 'ContentStatement';
  readonly value: string;
}
export interface CommentNode extends BaseNode {
  readonly type: 'CommentStatement';
}
export interface MustacheNode extends CallParts {
  readonly type: 'MustacheStatement' | 'Decorator';
}
export interface BlockNode extends CallParts {
  readonly type: 'BlockStatement' | 'DecoratorBlock';
  /** Absent in `{{^x}}` blocks. */
  readonly program?: ProgramNode;
  readonly inverse?: ProgramNode;
}
export interface PartialNode extends BaseNode {
  readonly type: 'PartialStatement' | 'PartialBlockStatement';
  readonly name: Expression;
  readonly params: readonly Expression[];
  readonly hash?: Hash | undefined;
  /** Spaces before a partial that stands alone on its line. */
  readonly indent?: string;
  /** The block of a PartialBlockStatement. */
  readonly program?: ProgramNode;
}

export type Statement = ContentNode | CommentNode | MustacheNode | BlockNode | PartialNode;

export type Node = Statement | Expression | ProgramNode;
