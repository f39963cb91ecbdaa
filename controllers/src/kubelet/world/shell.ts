/** Runs a shell's script in a simulated process: POSIX's rules as far as scripts of containers need them. */
import { bytesOf } from './files.ts';
import { type Process, StillRunning } from './process.ts';
import { type Expansion, expandWord, wordText } from './shell-expansion.ts';
import { parseScript } from './shell-parser.ts';
import { NotUnderstood, type Redirect, type ShellCommand, type Word } from './shell-syntax.ts';

/** `exit N`. */
class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: number;
  constructor(code: number) {
    super();
    this.code = code;
  }
}

/** `break` and `continue`. */
class Jump extends Error {
  override readonly name = 'Jump';
  readonly isBreak: boolean;
  constructor(isBreak: boolean) {
    super();
    this.isBreak = isBreak;
  }
}

/**
 * Answers the exit code.
 * @param name what the shell calls itself in its complaints, where the script has no $0
 * Throws NotUnderstood and StillRunning.
 */
export function runScript(
  process: Process,
  script: string,
  { name, parameters }: { readonly name: string; readonly parameters: readonly string[] },
): number {
  const shell = new Shell(process, name, parameters);
  try {
    return shell.run(parseScript(script));
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

class Shell {
  readonly #process: Process;
  readonly #name: string;
  readonly #parameters: readonly string[];
  readonly #expansion: Expansion = {
    valueOf: (name) => this.#value(name),
    outputOf: (script) => this.#captured(() => this.run(parseScript(script)), true).text.replace(/\n+$/, ''),
    refuse: (text) => {
      this.#complain(text);
      throw new Exit(2);
    },
  };
  #last = 0;
  #stopsOnError = false;
  #isTested = 0;

  constructor(process: Process, name: string, parameters: readonly string[]) {
    this.#process = process;
    this.#name = parameters[0] ?? name;
    this.#parameters = parameters;
  }

  run(command: ShellCommand): number {
    this.#process.step();
    const code = this.#runCommand(command);
    this.#last = code;
    if (code !== 0 && this.#stopsOnError && this.#isTested === 0 && command.kind === 'simple') throw new Exit(code);
    return code;
  }

  #runCommand(command: ShellCommand): number {
    switch (command.kind) {
      case 'simple':
        return this.#simple(command.words, command.redirects);
      case 'list':
        return command.commands.reduce((_, each) => this.run(each), 0);
      case 'and':
        return this.#test(command.left) ? this.run(command.right) : this.#last;
      case 'or':
        return this.#test(command.left) ? 0 : this.run(command.right);
      case 'not':
        return this.#test(command.command) ? 1 : 0;
      case 'if':
        if (this.#test(command.test)) return this.run(command.then);
        return command.otherwise === undefined ? 0 : this.run(command.otherwise);
      case 'while':
        if (this.#isEndless(command)) throw new StillRunning();
        return this.#loop(() => this.#test(command.test) !== command.until, command.body);
      case 'for': {
        const values = command.words.flatMap((word) => expandWord(word, this.#expansion));
        return this.#loop(() => {
          const value = values.shift();
          if (value !== undefined) this.#process.variables.set(command.name, value);
          return value !== undefined;
        }, command.body);
      }
      case 'pipe':
        return this.#pipe(command.commands);
      case 'subshell':
        return this.#captured(() => this.run(command.command), false).code;
      default:
        throw new NotUnderstood('a command in the background');
    }
  }

  #test(command: ShellCommand): boolean {
    this.#isTested++;
    try {
      return this.run(command) === 0;
    } finally {
      this.#isTested--;
    }
  }

  #loop(goesOn: () => boolean, body: ShellCommand): number {
    let code = 0;
    while (goesOn()) {
      try {
        code = this.run(body);
      } catch (error) {
        if (!(error instanceof Jump)) throw error;
        if (error.isBreak) break;
      }
    }
    return code;
  }

  /** Whether a loop goes on for ever, where it is not followed for a time only. */
  #isEndless({ test, body, until }: Extract<ShellCommand, { kind: 'while' }>): boolean {
    if (until || this.#stopsOnError || this.#process.horizon !== Number.POSITIVE_INFINITY) return false;
    const [command, ...others] = test.kind === 'list' ? test.commands : [test];
    if (command?.kind !== 'simple' || others.length > 0 || command.words.length !== 1) return false;
    const [part] = command.words[0] ?? [];
    const isAlwaysTrue = part?.kind === 'text' && (part.text === 'true' || part.text === ':');
    return isAlwaysTrue && !/"text":"(?:break|exit|return|exec)"/.test(JSON.stringify(body));
  }

  #pipe(commands: readonly ShellCommand[]): number {
    let input: string | undefined;
    let code = 0;
    for (const [index, command] of commands.entries()) {
      this.#process.input = input;
      if (index === commands.length - 1) code = this.run(command);
      else input = this.#captured(() => this.run(command), true).text;
    }
    this.#process.input = undefined;
    return code;
  }

  /** Runs something whose output is read, or that must not end the shell. */
  #captured(run: () => number, isRead: boolean): { readonly code: number; readonly text: string } {
    const { output } = this.#process;
    const start = output.length;
    let code: number;
    try {
      code = run();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
    const text = isRead
      ? output
          .splice(start)
          .map((each) => each.text)
          .join('')
      : '';
    return { code, text };
  }

  #simple(words: readonly Word[], redirects: readonly Redirect[]): number {
    const assignments: [string, string][] = [];
    let rest = words;
    for (const [first, ...others] = rest; first !== undefined; ) {
      const [head, ...tail] = first;
      const match = head?.kind === 'text' && !head.isQuoted ? /^([A-Za-z_]\w*)=(.*)$/s.exec(head.text) : null;
      if (match === null) break;
      const value: Word = [{ kind: 'text', text: match[2] ?? '', isQuoted: true }, ...tail];
      assignments.push([match[1] ?? '', wordText(value, this.#expansion)]);
      rest = others;
      if (rest.length === 0) break;
      return this.#withAssignments(assignments, rest, redirects);
    }
    const args = rest.flatMap((word) => expandWord(word, this.#expansion));
    for (const [name, value] of assignments) this.#process.variables.set(name, value);
    return args.length === 0 && assignments.length > 0 ? 0 : this.#redirected(args, redirects);
  }

  #withAssignments(
    assignments: readonly (readonly [string, string])[],
    words: readonly Word[],
    redirects: readonly Redirect[],
  ): number {
    const { variables } = this.#process;
    const before = assignments.map(([name]) => [name, variables.get(name)] as const);
    for (const [name, value] of assignments) variables.set(name, value);
    const code = this.#simple(words, redirects);
    for (const [name, value] of before) {
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
    }
    return code;
  }

  #redirected(args: readonly string[], redirects: readonly Redirect[]): number {
    const { output } = this.#process;
    const start = output.length;
    let file: { readonly path: string; readonly append: boolean } | undefined;
    for (const { from, operator, target } of redirects) {
      const path = wordText(target, this.#expansion);
      if (operator === '<') {
        const found = this.#process.file(path);
        if (found === undefined) return this.#complain(`can't open ${path}: no such file`);
        this.#process.input = found.bytes;
      } else if (from === 1 && !path.startsWith('&')) file = { path, append: operator === '>>' };
    }
    const problem = file === undefined || isDevice(file.path) ? undefined : this.#process.writeProblem(file.path);
    if (problem !== undefined) return this.#complain(`can't create ${file?.path}: ${problem}`);
    const code = args.length === 0 ? 0 : this.#builtin(args);
    if (file !== undefined && !isStandardOutput(file.path)) {
      const text = output
        .splice(start)
        .map((each) => each.text)
        .join('');
      if (!isDevice(file.path)) this.#process.writeFile(file.path, bytesOf(text), file.append);
    }
    this.#process.input = undefined;
    return code;
  }

  #complain(text: string): number {
    this.#process.write(`${this.#name}: ${text}\n`);
    return 1;
  }

  #builtin(args: readonly string[]): number {
    const [program = '', ...rest] = args;
    const { variables } = this.#process;
    switch (program) {
      case 'exit':
        throw new Exit(rest[0] === undefined ? this.#last : Number(rest[0]) & 255);
      case 'return':
        throw new Exit(Number(rest[0] ?? 0) & 255);
      case 'break':
      case 'continue':
        throw new Jump(program === 'break');
      case 'set':
        if (rest.some((word) => /^-\w*e/.test(word))) this.#stopsOnError = true;
        return 0;
      case 'trap':
      case 'wait':
      case 'cd':
      case 'umask':
        return 0;
      case 'export':
        for (const word of rest) {
          const at = word.indexOf('=');
          if (at > 0) variables.set(word.slice(0, at), word.slice(at + 1));
        }
        return 0;
      case 'unset':
        for (const word of rest) variables.delete(word);
        return 0;
      case 'exec': {
        const code = this.#builtin(rest);
        throw new Exit(code);
      }
      default:
        return this.#process.run(args);
    }
  }

  #value(name: string): string | undefined {
    if (name === '?') return String(this.#last);
    if (name === '$') return '1';
    if (name === '#') return String(Math.max(0, this.#parameters.length - 1));
    if (name === '@' || name === '*') return this.#parameters.slice(1).join(' ');
    if (/^\d$/.test(name)) return this.#parameters[Number(name)];
    if (name === 'RANDOM') return String(this.#process.nextRandom());
    return this.#process.variables.get(name);
  }
}

function isDevice(path: string): boolean {
  return path === '/dev/null' || isStandardOutput(path);
}

/** Also as the container's first process has it. */
function isStandardOutput(path: string): boolean {
  return path === '/dev/stdout' || path === '/dev/stderr' || /^\/proc\/(?:1|self)\/fd\/[12]$/.test(path);
}
