/**
 * The trees of a text of plain actions, without their pipelines, which are parsed when they are needed: a quick way
 * through the texts that the parser (parse.ts) would take, with the same trees. It gives up where it is not certain.
 */
import { isSpace } from './characters.ts';
import { Gathering } from './gathering.ts';
import { LateAction, LateBranch, LateTemplate } from './late-node.ts';
import { isEmptyTree, type ListNode, type Node, type ParsedText } from './node.ts';
import type { PlainAction, PlainActions } from './plain-action.ts';

/** Control actions nested deeper are the parser's. */
const MAX_NESTING = 100;
/** How many `}}` an action may have in its strings. */
const MAX_CLOSES = 8;
/** A longer action is the parser's. */
const MAX_LENGTH = 20_000;

const NO_NODES: readonly Node[] = [];

/** What an action weighs besides its pipeline, in tokens. */
const FRAME_TOKENS = 3;

/** Gives undefined for a text that the parser has to see, be it in error or unusual. */
export function skimTemplate(text: string, actions: PlainActions): ParsedText | undefined {
  return new Skimmer(text, actions).skim();
}

/** What an `end` ends. */
interface Frame {
  /** The list that is being filled; of a definition, its tree. */
  list: ListNode;
  mark: number;
  /** The names of the variables around it, and how many there were. */
  readonly variables: string[];
  readonly variableCount: number;
  /** The innermost of a chain of `else if`; undefined for a definition. */
  branch: LateBranch | undefined;
  isElse: boolean;
  readonly definition: string;
}

class Skimmer {
  private readonly text: string;
  private readonly actions: PlainActions;
  private readonly nodes = new Gathering<Node>();
  private readonly frames: Frame[] = [];
  private readonly definitions = new Map<string, ListNode>();
  private variables: string[] = [];
  private tokens = 0;

  constructor(text: string, actions: PlainActions) {
    this.text = text;
    this.actions = actions;
  }

  skim(): ParsedText | undefined {
    const { text, nodes } = this;
    let start = 0;
    for (;;) {
      const at = text.indexOf('{{', start);
      if (at < 0) break;
      const isComment = text.startsWith('/*', at + (text.charCodeAt(at + 2) === 0x2d ? 4 : 2));
      let isLeftTrim = false;
      let isRightTrim = false;
      let end: number;
      let action: PlainAction | undefined;
      if (isComment) {
        isLeftTrim = text.charCodeAt(at + 2) === 0x2d;
        if (isLeftTrim && !isSpace(text.charCodeAt(at + 3))) return undefined;
        const close = text.indexOf('*/', at + (isLeftTrim ? 6 : 4)) + 2;
        if (close < 2) return undefined;
        isRightTrim = isSpace(text.charCodeAt(close)) && text.startsWith('-}}', close + 1);
        if (!isRightTrim && !text.startsWith('}}', close)) return undefined;
        end = close + (isRightTrim ? 4 : 2);
      } else {
        end = text.indexOf('}}', at + 2) + 2;
        for (let tries = 0; ; tries++) {
          if (end < 2 || tries >= MAX_CLOSES || end - at > MAX_LENGTH) return undefined;
          action = this.actions.read(text.slice(at, end));
          if (action !== undefined) break;
          end = text.indexOf('}}', end) + 2;
        }
        isLeftTrim = action.isLeftTrim;
        isRightTrim = action.isRightTrim;
      }
      this.addText(start, at, isLeftTrim);
      if (action !== undefined && !this.add(action, at)) return undefined;
      start = end;
      if (isRightTrim) while (isSpace(text.charCodeAt(start))) start++;
    }
    if (this.frames.length > 0) return undefined;
    this.addText(start, text.length, false);
    const main: ListNode = { type: 'list', position: 0, nodes: nodes.take(0) };
    return { main, definitions: this.definitions, tokens: this.tokens };
  }

  private addText(start: number, to: number, isTrimmed: boolean): void {
    const { text } = this;
    let end = to;
    if (isTrimmed) while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
    if (end <= start) return;
    this.tokens++;
    this.nodes.push({ type: 'text', position: start, text: text.slice(start, end) });
  }

  /** Adds what an action is; false for what does not belong here. */
  private add(action: PlainAction, at: number): boolean {
    const { variables } = this;
    this.tokens += action.tokens.length + FRAME_TOKENS;
    for (const name of action.uses) if (!variables.includes(name)) return false;
    const position = at + action.start;
    switch (action.kind) {
      case 'action':
        this.declare(action);
        this.nodes.push(new LateAction(action, position));
        return true;
      case 'template':
        this.declare(action);
        this.nodes.push(new LateTemplate(action, position));
        return true;
      case 'define': {
        if (this.frames.length > 0) return false;
        this.open(position, { branch: undefined, definition: action.name });
        this.variables = [];
        return true;
      }
      case 'else':
        return this.addElse(action, position);
      case 'end':
        return this.addEnd();
      default: {
        if (this.frames.length >= MAX_NESTING) return false;
        const list: ListNode = { type: 'list', position, nodes: NO_NODES };
        const branch = new LateBranch(action.kind, action, { position, list });
        this.nodes.push(branch);
        this.open(position, { branch, definition: '' });
        this.declare(action);
        return true;
      }
    }
  }

  private declare({ declares }: PlainAction): void {
    for (const name of declares) this.variables.push(name);
  }

  private open(position: number, { branch, definition }: Pick<Frame, 'branch' | 'definition'>): void {
    const { variables } = this;
    this.frames.push({
      list: branch?.list ?? { type: 'list', position, nodes: NO_NODES },
      mark: this.nodes.mark(),
      variables,
      variableCount: variables.length,
      branch,
      isElse: false,
      definition,
    });
  }

  private addElse(action: PlainAction, position: number): boolean {
    const frame = this.frames.at(-1);
    const branch = frame?.branch;
    if (frame === undefined || branch === undefined || frame.isElse) return false;
    if (action.elseKind !== undefined && action.elseKind !== branch.type) return false;
    frame.list.nodes = this.nodes.take(frame.mark);
    const list: ListNode = { type: 'list', position, nodes: NO_NODES };
    if (action.elseKind === undefined) {
      branch.elseList = list;
      frame.isElse = true;
      frame.list = list;
      return true;
    }
    const next = new LateBranch(action.elseKind, action, { position, list });
    branch.elseList = { type: 'list', position, nodes: [next] };
    frame.branch = next;
    frame.list = list;
    this.declare(action);
    return true;
  }

  private addEnd(): boolean {
    const frame = this.frames.pop();
    if (frame === undefined) return false;
    frame.list.nodes = this.nodes.take(frame.mark);
    this.variables = frame.variables;
    // One by one: to set the length of an array makes V8 copy it.
    while (this.variables.length > frame.variableCount) this.variables.pop();
    if (frame.branch !== undefined) return true;
    const existing = this.definitions.get(frame.definition);
    if (existing === undefined || isEmptyTree(existing)) this.definitions.set(frame.definition, frame.list);
    else if (!isEmptyTree(frame.list)) return false;
    return true;
  }
}
