/**
 * Text to tree (cel-go's parser/parser.go and its grammar). All problems are reported, in ANTLR's words.
 */
import type { Expr, MapEntry, StructField } from './ast.ts';
import type { Token, TokenKind } from './lexer.ts';
import { literalNode } from './literal-nodes.ts';
import { expandMacro } from './macros.ts';
import { Nodes } from './nodes.ts';
import type { Issue } from './source.ts';
import { EXPR_STARTS, MEMBER_STARTS, RELATIONS, tokenSet } from './syntax-errors.ts';
import { TokenStream } from './token-stream.ts';

const LONGEST = 100_000;
/** How deep rules of one kind may nest: parentheses, but also the parts of `a.b.c` and of `a + b + c`. */
const DEEPEST = 250;
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);
const LIST_STARTS = tokenSet(EXPR_STARTS, "'?'", "','", "']'");
const MAP_STARTS = tokenSet(EXPR_STARTS, "'?'", "','", "'}'");
const FIELD_NAMES = tokenSet('identifier', 'escaped');
const FIELD_STARTS = tokenSet(FIELD_NAMES, "'?'");
const LITERALS = tokenSet("'-'", "'true'", "'false'", "'null'", 'int', 'uint', 'double', 'string', 'bytes');
const SUMS = tokenSet("'+'", "'-'");
const PRODUCTS = tokenSet("'*'", "'/'", "'%'");

class TooDeep {}

type Rule = 'expr' | 'relation' | 'calc' | 'member';

export interface Parsed {
  readonly expr: Expr;
  /** Offsets into the text by the number of the node. */
  readonly offsets: readonly number[];
  readonly issues: readonly Issue[];
}

/** Never throws; an expression with issues is not to be used. */
export function parse(text: string): Parsed {
  const issues: Issue[] = [];
  const nodes = new Nodes(issues);
  const size = text.length <= LONGEST ? text.length : [...text].length;
  let expr: Expr;
  try {
    if (size > LONGEST) {
      const message = `expression code point size exceeds limit: size: ${size}, limit ${LONGEST}`;
      issues.push({ offset: undefined, message });
      expr = nodes.literal(0, null);
    } else expr = new Parser(text, nodes).parse();
  } catch (problem) {
    if (!(problem instanceof TooDeep)) throw problem;
    issues.push({ offset: undefined, message: `expression recursion limit exceeded: ${DEEPEST}` });
    expr = nodes.literal(0, null);
  }
  return { expr, offsets: nodes.offsets, issues };
}

class Parser {
  readonly #tokens: TokenStream;
  readonly #nodes: Nodes;
  readonly #depths: Record<Rule, number> = { expr: 0, relation: 0, calc: 0, member: 0 };

  constructor(text: string, nodes: Nodes) {
    this.#tokens = new TokenStream(text, nodes.issues);
    this.#nodes = nodes;
  }

  parse(): Expr {
    return this.#tokens.rule(
      () => {
        const expr = this.#expr();
        this.#tokens.match('end', tokenSet());
        return expr;
      },
      () => this.#nothing(),
    );
  }

  #nothing(): Expr {
    return this.#nodes.literal(this.#tokens.next.offset, null);
  }

  #enter(rule: Rule): void {
    this.#depths[rule] += 1;
    if (this.#depths[rule] > DEEPEST) throw new TooDeep();
  }

  /** A rule with its depth; what it enters on its way it leaves at its end. */
  #deep(rule: Rule, parse: () => Expr, suffixes = false): Expr {
    const before = this.#depths[rule];
    this.#enter(rule);
    const expr = this.#tokens.rule(parse, () => this.#nothing(), suffixes);
    this.#depths[rule] = before;
    return expr;
  }

  #expr(): Expr {
    return this.#deep('expr', () => {
      const condition = this.#logical("'||'", '_||_', () => this.#logical("'&&'", '_&&_', () => this.#relation()));
      const question = this.#tokens.takeIf("'?'");
      if (question === undefined) return condition;
      const yes = this.#tokens.within(tokenSet("':'"), () =>
        this.#logical("'||'", '_||_', () => this.#logical("'&&'", '_&&_', () => this.#relation())),
      );
      this.#tokens.match("':'", EXPR_STARTS);
      return this.#nodes.call(question.offset, '_?_:_', condition, yes, this.#expr());
    });
  }

  /** `a && b && c` as a balanced tree. */
  #logical(operator: TokenKind, name: string, term: () => Expr): Expr {
    const terms = [term()];
    const offsets: number[] = [];
    for (let token = this.#tokens.takeIf(operator); token !== undefined; token = this.#tokens.takeIf(operator)) {
      offsets.push(token.offset);
      terms.push(term());
    }
    // Of the operators from `low` on, before `high`, the middle one splits the rest.
    const balanced = (low: number, high: number): Expr => {
      if (low === high) return terms[low] ?? this.#nothing();
      const middle = Math.floor((low + high) / 2);
      return this.#nodes.call(offsets[middle] ?? 0, name, balanced(low, middle), balanced(middle + 1, high));
    };
    return balanced(0, offsets.length);
  }

  #binary(rule: Rule, operators: ReadonlySet<TokenKind>, operand: () => Expr): Expr {
    return this.#deep(rule, () => {
      let left = operand();
      while (operators.has(this.#tokens.next.kind)) {
        const token = this.#tokens.take();
        this.#enter(rule);
        const name = token.text === 'in' ? '@in' : `_${token.text}_`;
        left = this.#nodes.call(token.offset, name, left, operand());
      }
      return left;
    });
  }

  #relation(): Expr {
    return this.#binary('relation', RELATIONS, () =>
      this.#binary('calc', SUMS, () => this.#binary('calc', PRODUCTS, () => this.#unary())),
    );
  }

  #unary(): Expr {
    return this.#tokens.rule(
      () => {
        this.#tokens.sync(EXPR_STARTS);
        const { next } = this.#tokens;
        if (next.kind === "'!'") return this.#signed(next, '!_');
        const number = ['int', 'double'].some((kind) => this.#tokens.isAt(kind as TokenKind, 1));
        return next.kind === "'-'" && !number ? this.#signed(next, '-_') : this.#member();
      },
      () => this.#nothing(),
    );
  }

  /** An even number of signs says nothing. */
  #signed(first: Token, name: string): Expr {
    let count = 0;
    while (this.#tokens.isAt(first.kind, count)) count += 1;
    // A minus may be a number's: it takes what follows to tell.
    if (first.kind === "'-'" && !MEMBER_STARTS.has(this.#tokens.peek(count).kind))
      throw this.#tokens.stuck(first, count);
    for (let taken = 0; taken < count; taken += 1) this.#tokens.take();
    if (!MEMBER_STARTS.has(this.#tokens.next.kind)) this.#tokens.syncLoop(EXPR_STARTS);
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#nodes.call(first.offset, name, operand);
  }

  #member(): Expr {
    return this.#deep('member', () => {
      let operand = this.#primary();
      for (;;) {
        const { next } = this.#tokens;
        if (next.kind === "'.'") operand = this.#select(operand, next);
        else if (next.kind === "'['") operand = this.#index(operand, next);
        else return operand;
        this.#enter('member');
      }
    });
  }

  #select(operand: Expr, dot: Token): Expr {
    const optional = this.#tokens.isAt("'?'", 1);
    const named = (ahead: number): boolean =>
      this.#tokens.isAt('identifier', ahead) || this.#tokens.isAt('escaped', ahead);
    if (!optional && !named(1)) throw this.#tokens.stuck(dot, 1);
    if (optional && !named(2)) throw this.#tokens.stuck(dot, 2);
    this.#tokens.take();
    if (optional) this.#tokens.take();
    const name = this.#tokens.take();
    if (!optional && name.kind === 'identifier' && this.#tokens.isAt("'('")) {
      const open = this.#tokens.take();
      const args = this.#args();
      const macro = expandMacro(this.#nodes, open.offset, name.text, operand, args);
      return macro ?? this.#nodes.memberCall(open.offset, name.text, operand, ...args);
    }
    const field = this.#fieldName(name);
    if (!optional) return this.#nodes.select(dot.offset, operand, field);
    return this.#nodes.call(dot.offset, '_?._', operand, this.#nodes.literal(name.offset, field));
  }

  #fieldName(token: Token): string {
    if (token.kind !== 'escaped') return token.text;
    this.#nodes.problem(token.offset, "unsupported syntax: '`'");
    return '';
  }

  #index(operand: Expr, open: Token): Expr {
    this.#tokens.take();
    this.#tokens.sync(tokenSet(EXPR_STARTS, "'?'"));
    const optional = this.#tokens.takeIf("'?'") !== undefined;
    const index = this.#tokens.within(tokenSet("']'"), () => this.#expr());
    this.#tokens.match("']'", this.#tokens.afterOperand());
    return this.#nodes.call(open.offset, optional ? '_[?_]' : '_[_]', operand, index);
  }

  #args(): readonly Expr[] {
    this.#tokens.sync(tokenSet(EXPR_STARTS, "')'"));
    const args: Expr[] = [];
    if (!this.#tokens.isAt("')'")) {
      do args.push(this.#tokens.within(tokenSet("','", "')'"), () => this.#expr()));
      while (this.#tokens.takeIf("','") !== undefined);
    }
    this.#tokens.match("')'", this.#tokens.afterOperand());
    return args;
  }

  #primary(): Expr {
    return this.#tokens.rule(
      () => {
        const { next } = this.#tokens;
        switch (next.kind) {
          case "'('":
            return this.#nested();
          case "'['":
            return this.#list();
          case "'{'":
            return this.#map();
          case "'.'":
          case 'identifier':
            return this.#named(next);
          default:
            return this.#literal(next);
        }
      },
      () => this.#nothing(),
      true,
    );
  }

  #nested(): Expr {
    this.#tokens.take();
    const inner = this.#tokens.within(tokenSet("')'"), () => this.#expr());
    this.#tokens.match("')'", this.#tokens.afterOperand());
    return inner;
  }

  /** A variable, a call or a message. */
  #named(first: Token): Expr {
    const dot = this.#tokens.isAt("'.'");
    if (dot && !this.#tokens.isAt('identifier', 1)) throw this.#tokens.stuck(first, 1);
    if (this.#isMessage()) return this.#message(dot);
    if (dot) this.#tokens.take();
    const name = this.#tokens.take();
    const call = this.#tokens.takeIf("'('");
    const args = call === undefined ? [] : this.#args();
    if (RESERVED.has(name.text)) return this.#nodes.problem(first.offset, `reserved identifier: ${name.text}`);
    const full = `${dot ? '.' : ''}${name.text}`;
    if (call === undefined) return this.#nodes.ident(name.offset, full);
    return expandMacro(this.#nodes, call.offset, full, undefined, args) ?? this.#nodes.call(call.offset, full, ...args);
  }

  #isMessage(): boolean {
    let ahead = this.#tokens.isAt("'.'") ? 2 : 1;
    while (this.#tokens.isAt("'.'", ahead) && this.#tokens.isAt('identifier', ahead + 1)) ahead += 2;
    return this.#tokens.isAt("'{'", ahead);
  }

  #message(dot: boolean): Expr {
    let typeName = dot ? this.#tokens.take().text : '';
    typeName += this.#tokens.take().text;
    while (this.#tokens.takeIf("'.'") !== undefined) typeName += `.${this.#tokens.take().text}`;
    const open = this.#tokens.take();
    const fields: StructField[] = [];
    this.#tokens.sync(tokenSet(FIELD_STARTS, "','", "'}'"));
    while (!this.#tokens.isAt("'}'") && !this.#tokens.isAt("','")) {
      const optional = this.#tokens.takeIf("'?'") !== undefined;
      this.#tokens.sync(FIELD_NAMES);
      const name = this.#fieldName(this.#tokens.take());
      const colon = this.#tokens.match("':'", EXPR_STARTS);
      const value = this.#tokens.within(tokenSet("','", "'}'"), () => this.#expr());
      fields.push({ id: this.#nodes.id(colon.offset), name, value, optional });
      if (!this.#tokens.isAt("','") || this.#tokens.isAt("'}'", 1)) break;
      this.#tokens.take();
    }
    this.#close("'}'");
    return { kind: 'struct', id: this.#nodes.id(open.offset), typeName, fields };
  }

  /** A comma may come last. */
  #close(closer: TokenKind): void {
    this.#tokens.sync(tokenSet("','", closer));
    this.#tokens.takeIf("','");
    this.#tokens.match(closer, this.#tokens.afterOperand());
  }

  #list(): Expr {
    const open = this.#tokens.take();
    const elements: Expr[] = [];
    const optional = new Set<number>();
    this.#tokens.sync(LIST_STARTS);
    while (!this.#tokens.isAt("']'") && !this.#tokens.isAt("','")) {
      if (this.#tokens.takeIf("'?'") !== undefined) optional.add(elements.length);
      elements.push(this.#tokens.within(tokenSet("','", "']'"), () => this.#expr()));
      if (!this.#tokens.isAt("','") || this.#tokens.isAt("']'", 1)) break;
      this.#tokens.take();
    }
    this.#close("']'");
    return this.#nodes.list(open.offset, elements, optional);
  }

  #map(): Expr {
    const open = this.#tokens.take();
    const entries: MapEntry[] = [];
    this.#tokens.sync(MAP_STARTS);
    while (!this.#tokens.isAt("'}'") && !this.#tokens.isAt("','")) {
      const optional = this.#tokens.takeIf("'?'") !== undefined;
      const key = this.#tokens.within(tokenSet("':'"), () => this.#expr());
      const colon = this.#tokens.match("':'", EXPR_STARTS);
      const value = this.#tokens.within(tokenSet("','", "'}'"), () => this.#expr());
      entries.push({ id: this.#nodes.id(colon.offset), key, value, optional });
      if (!this.#tokens.isAt("','") || this.#tokens.isAt("'}'", 1)) break;
      this.#tokens.take();
    }
    this.#close("'}'");
    return this.#nodes.map(open.offset, entries);
  }

  #literal(first: Token): Expr {
    if (!LITERALS.has(first.kind)) throw this.#tokens.stuck(first, 0);
    const negative = this.#tokens.takeIf("'-'") !== undefined;
    return literalNode(this.#nodes, first.offset, this.#tokens.take(), negative);
  }
}
