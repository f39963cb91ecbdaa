/** Reads a shell's script: lists, pipes, if, while, until, for, groups, redirections. */
import { tokenize } from './shell-lexer.ts';
import { NotUnderstood, type Redirect, type ShellCommand, type Token, type Word } from './shell-syntax.ts';

const MAX_DEPTH = 50;

/** Throws NotUnderstood. */
export function parseScript(script: string): ShellCommand {
  return new Parser(tokenize(script)).script();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  script(): ShellCommand {
    const list = this.#list([]);
    if (this.#at < this.#tokens.length) throw new NotUnderstood('more than a script');
    return list;
  }

  /** Commands up to one of the keywords, which stays. */
  #list(ends: readonly string[]): ShellCommand {
    if (++this.#depth > MAX_DEPTH) throw new NotUnderstood('deep nesting');
    const commands: ShellCommand[] = [];
    for (;;) {
      while (this.#isOperator(';', '\n')) this.#at++;
      if (this.#at >= this.#tokens.length || this.#isOperator(')') || ends.includes(this.#keyword())) break;
      const command = this.#andOr();
      const isBackground = this.#isOperator('&');
      if (isBackground) this.#at++;
      commands.push(isBackground ? { kind: 'background', command } : command);
    }
    this.#depth--;
    return { kind: 'list', commands };
  }

  #andOr(): ShellCommand {
    let left = this.#pipe();
    while (this.#isOperator('&&', '||')) {
      const kind = this.#isOperator('&&') ? 'and' : 'or';
      this.#at++;
      while (this.#isOperator('\n')) this.#at++;
      left = { kind, left, right: this.#pipe() };
    }
    return left;
  }

  #pipe(): ShellCommand {
    if (this.#keyword() === '!') {
      this.#at++;
      return { kind: 'not', command: this.#pipe() };
    }
    const commands = [this.#command()];
    while (this.#isOperator('|')) {
      this.#at++;
      commands.push(this.#command());
    }
    const [first] = commands;
    return first !== undefined && commands.length === 1 ? first : { kind: 'pipe', commands };
  }

  #command(): ShellCommand {
    if (this.#isOperator('(')) {
      this.#at++;
      const command = this.#list([]);
      this.#expectOperator(')');
      return { kind: 'subshell', command };
    }
    switch (this.#keyword()) {
      case 'if':
        this.#at++;
        return this.#if();
      case 'while':
      case 'until': {
        const until = this.#keyword() === 'until';
        this.#at++;
        const test = this.#list(['do']);
        return { kind: 'while', until, test, body: this.#body() };
      }
      case 'for':
        this.#at++;
        return this.#for();
      case '{': {
        this.#at++;
        const command = this.#list(['}']);
        this.#expect('}');
        return command;
      }
      case 'case':
      case 'function':
        throw new NotUnderstood(this.#keyword());
      default:
        return this.#simple();
    }
  }

  #if(): ShellCommand {
    const test = this.#list(['then']);
    this.#expect('then');
    const then = this.#list(['elif', 'else', 'fi']);
    if (this.#keyword() === 'elif') {
      this.#at++;
      return { kind: 'if', test, then, otherwise: this.#if() };
    }
    if (this.#keyword() !== 'else') {
      this.#expect('fi');
      return { kind: 'if', test, then };
    }
    this.#at++;
    const otherwise = this.#list(['fi']);
    this.#expect('fi');
    return { kind: 'if', test, then, otherwise };
  }

  #for(): ShellCommand {
    const name = this.#keyword();
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new NotUnderstood('for');
    this.#at++;
    this.#expect('in');
    const words: Word[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined && 'word' in token; token = this.#tokens[this.#at]) {
      words.push(token.word);
      this.#at++;
    }
    while (this.#isOperator(';', '\n')) this.#at++;
    return { kind: 'for', name, words, body: this.#body() };
  }

  #body(): ShellCommand {
    this.#expect('do');
    const body = this.#list(['done']);
    this.#expect('done');
    return body;
  }

  #simple(): ShellCommand {
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if ('word' in token) {
        words.push(token.word);
        this.#at++;
      } else if (/^[012<>]|^>>$|^>&$/.test(token.operator) && token.operator !== '<<') {
        redirects.push(this.#redirect());
      } else break;
    }
    if (words.length === 0 && redirects.length === 0) throw new NotUnderstood('an empty command');
    return { kind: 'simple', words, redirects };
  }

  #redirect(): Redirect {
    let from: number | undefined;
    if (this.#isOperator('0', '1', '2')) {
      from = this.#isOperator('2') ? 2 : this.#isOperator('1') ? 1 : 0;
      this.#at++;
    }
    const token = this.#tokens[this.#at++];
    const operator = token !== undefined && 'operator' in token ? token.operator : '';
    const target = this.#tokens[this.#at++];
    if (target === undefined || !('word' in target)) throw new NotUnderstood('a redirection');
    if (operator === '>&') {
      const copy: Word = [{ kind: 'text', text: '&', isQuoted: true }, ...target.word];
      return { from: from ?? 1, operator: '>', target: copy };
    }
    if (operator !== '<' && operator !== '>' && operator !== '>>') throw new NotUnderstood(operator);
    return { from: from ?? (operator === '<' ? 0 : 1), operator, target: target.word };
  }

  /** The text of the next word where it is plain, as keywords are. */
  #keyword(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || !('word' in token) || token.word.length !== 1) return '';
    const [part] = token.word;
    return part?.kind === 'text' && !part.isQuoted ? part.text : '';
  }

  #isOperator(...operators: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && 'operator' in token && operators.includes(token.operator);
  }

  #expect(keyword: string): void {
    if (this.#keyword() !== keyword) throw new NotUnderstood(`no ${keyword}`);
    this.#at++;
  }

  #expectOperator(operator: string): void {
    if (!this.#isOperator(operator)) throw new NotUnderstood(`no ${operator}`);
    this.#at++;
  }
}
