/**
 * Tokens to nodes: libyaml's parser grammar with an explicit stack. What each state below takes from the queue, and
 * in which order, decides which error is reported.
 */
import { type Properties, parserError, TagHandles } from './properties.ts';
import type { Scanner } from './scanner.ts';
import * as T from './token.ts';

/** What the parser tells of the nodes it meets. `line` is where a node begins, from 0. */
export interface NodeHandler {
  /** A scalar that stands in the text. `tag` is empty for none. */
  scalar(token: T.Token, properties: Properties): void;
  /** A scalar that is not there, e.g. the value of `a:`. */
  empty(properties: Properties): void;
  alias(token: T.Token): void;
  open(mapping: boolean, properties: Properties): void;
  close(): void;
}

const BLOCK_SEQUENCE = 0;
const INDENTLESS_SEQUENCE = 1;
const BLOCK_KEY = 2;
const BLOCK_VALUE = 3;
const FLOW_FIRST_ITEM = 4;
const FLOW_ITEM = 5;
const FLOW_FIRST_KEY = 6;
const FLOW_KEY = 7;
const FLOW_VALUE = 8;
const FLOW_NO_VALUE = 9;
const PAIR_KEY = 10;
const PAIR_VALUE = 11;
const PAIR_END = 12;

export class Parser {
  private readonly scanner: Scanner;
  private readonly handler: NodeHandler;
  /** One state for each collection that is open. */
  private readonly states: number[] = [];
  private readonly tags: TagHandles = new TagHandles();

  constructor(scanner: Scanner, handler: NodeHandler) {
    this.scanner = scanner;
    this.handler = handler;
  }

  /** Reads the first document; false when there is none. Throws YamlError. */
  document(): boolean {
    const { scanner, states } = this;
    const first = scanner.peek();
    if (first.type === T.STREAM_END) return false;
    const explicit = first.type >= T.VERSION_DIRECTIVE && first.type <= T.DOCUMENT_START;
    this.tags.readDirectives(this.scanner);
    let empty = false;
    if (explicit) {
      const token = scanner.peek();
      if (token.type !== T.DOCUMENT_START) throw parserError('did not find expected <document start>', token);
      scanner.skip();
      empty = scanner.peek().type <= T.DOCUMENT_END;
    }
    if (empty) this.empty(scanner.peek().line);
    else this.node(true, false);
    while (states.length > 0) this.step(states[states.length - 1] ?? BLOCK_SEQUENCE);
    scanner.peek();
    return true;
  }

  private step(state: number): void {
    const token = this.scanner.peek();
    switch (state) {
      case BLOCK_SEQUENCE:
        this.blockItem(token);
        return;
      case INDENTLESS_SEQUENCE:
        if (token.type === T.BLOCK_ENTRY) {
          this.scanner.skip();
          if (this.scanner.peek().type === T.BLOCK_ENTRY) this.empty(token.line);
          else this.blockNodeOrEmpty(token.line, false);
        } else {
          this.close();
        }
        return;
      case BLOCK_KEY:
        if (token.type === T.KEY) {
          this.scanner.skip();
          this.become(BLOCK_VALUE);
          this.blockNodeOrEmpty(token.line, true);
        } else if (token.type === T.BLOCK_END) {
          this.scanner.skip();
          this.close();
        } else {
          throw parserError('did not find expected key', token);
        }
        return;
      case BLOCK_VALUE:
        this.become(BLOCK_KEY);
        if (token.type === T.VALUE) {
          this.scanner.skip();
          this.blockNodeOrEmpty(token.line, true);
        } else {
          this.empty(token.line);
        }
        return;
      case FLOW_FIRST_ITEM:
      case FLOW_ITEM:
        this.flowItem(state === FLOW_FIRST_ITEM, token);
        return;
      case FLOW_FIRST_KEY:
      case FLOW_KEY:
        this.flowKey(state === FLOW_FIRST_KEY, token);
        return;
      case FLOW_VALUE:
        this.become(FLOW_KEY);
        this.flowValue(token, T.FLOW_MAPPING_END);
        return;
      case FLOW_NO_VALUE:
        this.become(FLOW_KEY);
        this.empty(token.line);
        return;
      case PAIR_KEY:
        this.become(PAIR_VALUE);
        if (token.type === T.VALUE || token.type === T.FLOW_ENTRY || token.type === T.FLOW_SEQUENCE_END) {
          this.scanner.skip();
          this.empty(token.line);
        } else {
          this.node(false, false);
        }
        return;
      case PAIR_VALUE:
        this.become(PAIR_END);
        this.flowValue(token, T.FLOW_SEQUENCE_END);
        return;
      default:
        this.close();
    }
  }

  private blockItem(token: T.Token): void {
    const { scanner } = this;
    if (token.type === T.BLOCK_ENTRY) {
      scanner.skip();
      const { type } = scanner.peek();
      if (type === T.BLOCK_ENTRY || type === T.BLOCK_END) this.empty(token.line);
      else this.node(true, false);
    } else if (token.type === T.BLOCK_END) {
      scanner.skip();
      this.close();
    } else {
      throw parserError("did not find expected '-' indicator", token);
    }
  }

  private blockNodeOrEmpty(line: number, indentless: boolean): void {
    const { type } = this.scanner.peek();
    if (type === T.KEY || type === T.VALUE || type === T.BLOCK_END) this.empty(line);
    else this.node(true, indentless);
  }

  private flowItem(first: boolean, head: T.Token): void {
    const { scanner } = this;
    let token = head;
    if (token.type !== T.FLOW_SEQUENCE_END) {
      if (!first) token = this.separator(token, "did not find expected ',' or ']'");
      this.become(FLOW_ITEM);
      if (token.type === T.KEY) {
        scanner.skip();
        this.open(PAIR_KEY, { anchor: '', tag: '', line: token.line });
        return;
      }
      if (token.type !== T.FLOW_SEQUENCE_END) {
        this.node(false, false);
        return;
      }
    }
    scanner.skip();
    this.close();
  }

  private flowKey(first: boolean, head: T.Token): void {
    const { scanner } = this;
    let token = head;
    if (token.type !== T.FLOW_MAPPING_END) {
      if (!first) token = this.separator(token, "did not find expected ',' or '}'");
      if (token.type === T.KEY) {
        scanner.skip();
        token = scanner.peek();
        this.become(FLOW_VALUE);
        if (token.type === T.VALUE || token.type === T.FLOW_ENTRY || token.type === T.FLOW_MAPPING_END) {
          this.empty(token.line);
        } else {
          this.node(false, false);
        }
        return;
      }
      if (token.type !== T.FLOW_MAPPING_END) {
        this.become(FLOW_NO_VALUE);
        this.node(false, false);
        return;
      }
    }
    scanner.skip();
    this.close();
  }

  /** Takes the comma and returns what follows it. */
  private separator(token: T.Token, problem: string): T.Token {
    if (token.type !== T.FLOW_ENTRY) throw parserError(problem, token);
    this.scanner.skip();
    return this.scanner.peek();
  }

  private flowValue(head: T.Token, end: T.TokenType): void {
    let token = head;
    if (token.type === T.VALUE) {
      this.scanner.skip();
      token = this.scanner.peek();
      if (token.type !== T.FLOW_ENTRY && token.type !== end) {
        this.node(false, false);
        return;
      }
    }
    this.empty(token.line);
  }

  private node(block: boolean, indentless: boolean): void {
    const { scanner } = this;
    let token = scanner.peek();
    if (token.type === T.ALIAS) {
      this.handler.alias(token);
      scanner.skip();
      return;
    }
    let properties: Properties = { anchor: '', tag: '', line: token.line };
    if (token.type === T.ANCHOR || token.type === T.TAG) {
      properties = this.tags.readProperties(scanner);
      token = scanner.peek();
    }
    switch (token.type) {
      case T.SCALAR:
        scanner.skip();
        this.handler.scalar(token, properties);
        return;
      case T.FLOW_SEQUENCE_START:
        scanner.skip();
        this.open(FLOW_FIRST_ITEM, properties);
        return;
      case T.FLOW_MAPPING_START:
        scanner.skip();
        this.open(FLOW_FIRST_KEY, properties);
        return;
      case T.BLOCK_ENTRY:
        if (!indentless) break;
        this.open(INDENTLESS_SEQUENCE, properties);
        return;
      case T.BLOCK_SEQUENCE_START:
        if (!block) break;
        scanner.skip();
        this.open(BLOCK_SEQUENCE, properties);
        return;
      case T.BLOCK_MAPPING_START:
        if (!block) break;
        scanner.skip();
        this.open(BLOCK_KEY, properties);
        return;
    }
    if (properties.anchor === '' && properties.tag === '')
      throw parserError('did not find expected node content', token);
    this.handler.empty(properties);
  }

  private become(state: number): void {
    this.states[this.states.length - 1] = state;
  }

  private empty(line: number): void {
    this.handler.empty({ anchor: '', tag: '', line });
  }

  private open(state: number, properties: Properties): void {
    this.states.push(state);
    this.handler.open(state === BLOCK_KEY || state === FLOW_FIRST_KEY || state === PAIR_KEY, properties);
  }

  private close(): void {
    this.states.pop();
    this.handler.close();
  }
}
