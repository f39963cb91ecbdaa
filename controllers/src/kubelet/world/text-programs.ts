/** Programs that write and filter text: echo, printf, cat, grep, head, tail, sort, wc, seq, expr. */
import { arithmetic } from './arithmetic.ts';
import { textOf } from './files.ts';
import type { Process } from './process.ts';
import { NotUnderstood } from './shell-syntax.ts';

/** What a program reads: the files that it names, or its input. */
function inputOf(process: Process, name: string, paths: readonly string[]): { text: string; code: number } {
  if (paths.length === 0) return { text: textOf(process.input ?? ''), code: 0 };
  let text = '';
  let code = 0;
  for (const path of paths) {
    const file = process.file(path);
    if (file === undefined) {
      process.write(`${name}: can't open '${path}': No such file or directory\n`);
      code = 1;
    } else text += textOf(file.bytes);
  }
  return { text, code };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `-n 5`, `-5`: how many lines; the rest are files. */
function countAndFiles(args: readonly string[]): { readonly count: number; readonly files: readonly string[] } {
  const [first = '', second = '', ...rest] = args;
  if (first === '-n') return { count: Number(second), files: rest };
  const short = /^-n?(\d+)$/.exec(first);
  if (short !== null) return { count: Number(short[1]), files: args.slice(1) };
  if (first.startsWith('-')) throw new NotUnderstood(first);
  return { count: 10, files: args };
}

function withEscapes(text: string): string {
  const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return text.replace(/\\([ntr\\])/g, (_, character: string) => named[character] ?? character);
}

type TextProgram = (process: Process, args: readonly string[]) => number;

export const textPrograms: readonly (readonly [string, TextProgram])[] = [
  [
    'echo',
    (process, args) => {
      const options = args.slice(
        0,
        Math.max(
          0,
          args.findIndex((word) => !/^-[neE]+$/.test(word)),
        ),
      );
      const given = args.every((word) => /^-[neE]+$/.test(word)) ? args : options;
      const text = args.slice(given.length).join(' ');
      const hasEscapes = given.some((word) => word.includes('e'));
      process.write((hasEscapes ? withEscapes(text) : text) + (given.some((word) => word.includes('n')) ? '' : '\n'));
      return 0;
    },
  ],
  [
    'printf',
    (process, [format = '', ...values]) => {
      const left = [...values];
      const once = () =>
        withEscapes(format).replace(/%([sd%])/g, (_, kind: string) => (kind === '%' ? '%' : (left.shift() ?? '')));
      if (/%[^sd%]/.test(format)) throw new NotUnderstood('printf');
      process.write(once());
      while (left.length > 0 && /%[sd]/.test(format)) process.write(once());
      return 0;
    },
  ],
  [
    'cat',
    (process, args) => {
      if (args.some((word) => word.startsWith('-'))) throw new NotUnderstood('cat with options');
      const { text, code } = inputOf(process, 'cat', args);
      process.write(text);
      return code;
    },
  ],
  [
    'grep',
    (process, args) => {
      const options = args.filter((word) => word.startsWith('-')).join('');
      const [pattern = '', ...files] = args.filter((word) => !word.startsWith('-'));
      const isPlain = /^[\w .:=/@,-]*$/.test(pattern) || (options.includes('E') && /^[\w .:=/@,()|^-]*$/.test(pattern));
      if (!isPlain || /[^-Eqviwn]/.test(options) || /[wn]/.test(options)) throw new NotUnderstood('grep');
      const expression = new RegExp(pattern, options.includes('i') ? 'i' : '');
      const { text } = inputOf(process, 'grep', files);
      const found = linesOf(text).filter((line) => expression.test(line) !== options.includes('v'));
      if (!options.includes('q')) process.write(joined(found));
      return found.length > 0 ? 0 : 1;
    },
  ],
  [
    'head',
    (process, args) => {
      const { count, files } = countAndFiles(args);
      const { text, code } = inputOf(process, 'head', files);
      process.write(joined(linesOf(text).slice(0, count)));
      return code;
    },
  ],
  [
    'tail',
    (process, args) => {
      const { count, files } = countAndFiles(args);
      const { text, code } = inputOf(process, 'tail', files);
      process.write(joined(count === 0 ? [] : linesOf(text).slice(-count)));
      return code;
    },
  ],
  [
    'sort',
    (process, args) => {
      const { text, code } = inputOf(process, 'sort', args);
      process.write(joined(linesOf(text).sort()));
      return code;
    },
  ],
  [
    'wc',
    (process, [option, ...files]) => {
      if (option !== '-l' && option !== '-c') throw new NotUnderstood('wc');
      const { text, code } = inputOf(process, 'wc', files);
      process.write(`${option === '-l' ? linesOf(text).length : text.length}\n`);
      return code;
    },
  ],
  [
    'seq',
    (process, args) => {
      const numbers = args.map(Number);
      if (numbers.length === 0 || numbers.length > 2 || numbers.some(Number.isNaN)) throw new NotUnderstood('seq');
      const [first, last] = numbers.length === 1 ? [1, numbers[0] ?? 0] : [numbers[0] ?? 1, numbers[1] ?? 0];
      for (let number = first; number <= last; number++) {
        process.step();
        process.write(`${number}\n`);
      }
      return 0;
    },
  ],
  [
    'expr',
    (process, args) => {
      const value = arithmetic(args.join(' '), () => '');
      process.write(`${value}\n`);
      return value === 0 ? 1 : 0;
    },
  ],
];
