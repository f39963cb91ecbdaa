/**
 * The programs that simulated containers understand: those of a shell's scripts, of busybox, and of Kubernetes' own test
 * image. Each answers its exit code.
 */
import { parseDuration } from '../duration.ts';
import { agnhost } from './agnhost.ts';
import { conditionHolds } from './condition.ts';
import { filePrograms } from './file-programs.ts';
import { textOf } from './files.ts';
import { absolute, type Process } from './process.ts';
import { runScript } from './shell.ts';
import { NotUnderstood } from './shell-syntax.ts';
import { textPrograms } from './text-programs.ts';
import { timePrograms } from './time-programs.ts';

/** Gets its arguments, and the name that it was called by. */
export type Program = (process: Process, args: readonly string[], name: string) => number;

/** Whether a program is there, by its name or path. */
export function isProgram(path: string): boolean {
  return PROGRAMS.has(path.slice(path.lastIndexOf('/') + 1));
}

/** Runs a command given as words. Throws NotUnderstood and StillRunning. */
export function runProgram(process: Process, words: readonly string[]): number {
  const [path = '', ...args] = words;
  const program = PROGRAMS.get(path.slice(path.lastIndexOf('/') + 1));
  if (program === undefined) throw new NotUnderstood(path);
  return program(process, args, path);
}

const shell: Program = (process, args, name) => {
  const option = args.findIndex((word) => /^-\w*c$/.test(word));
  const script = args[option + 1];
  if (option < 0 || script === undefined) throw new NotUnderstood('a shell without a script');
  return runScript(process, script, { name, parameters: args.slice(option + 2) });
};

function fail(process: Process, text: string): number {
  process.write(`${text}\n`);
  return 1;
}

const SHELLS = ['sh', 'bash', 'ash', 'dash'];

const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...SHELLS.map((name) => [name, shell] as const),
  ...textPrograms,
  ...timePrograms,
  ...filePrograms,
  ['true', () => 0],
  [':', () => 0],
  ['false', () => 1],
  ['sync', () => 0],
  [
    'pause',
    (process) => {
      process.sleep(Number.POSITIVE_INFINITY);
      return 0;
    },
  ],
  [
    'sleep',
    (process, args) => {
      if (args.length === 0) return fail(process, 'sleep: missing operand');
      for (const text of args) {
        const duration = /^inf/.test(text) ? Number.POSITIVE_INFINITY : parseDuration(text);
        if (duration === undefined) return fail(process, `sleep: invalid number '${text}'`);
        process.sleep(duration);
      }
      return 0;
    },
  ],
  ['agnhost', agnhost],
  ['agnhost-2', agnhost],
  ['mounttest', (process, args) => agnhost(process, ['mounttest', ...args], '/agnhost')],
  ['entrypoint-tester', (process, args) => agnhost(process, ['entrypoint-tester', ...args], '/agnhost')],
  [
    'env',
    (process, args) => {
      if (args.length > 0) throw new NotUnderstood('env with arguments');
      process.write([...process.variables].map(([name, value]) => `${name}=${value}\n`).join(''));
      return 0;
    },
  ],
  [
    'printenv',
    (process, args) => {
      const values = args.map((name) => process.variables.get(name));
      process.write(values.map((value) => (value === undefined ? '' : `${value}\n`)).join(''));
      return values.includes(undefined) ? 1 : 0;
    },
  ],
  [
    'hostname',
    (process) => {
      process.write(`${process.world.hostname}\n`);
      return 0;
    },
  ],
  [
    'whoami',
    (process) => {
      const { uid } = process.world.user;
      process.write(`${uid === 0 ? 'root' : uid}\n`);
      return 0;
    },
  ],
  [
    'id',
    (process, [option = '']) => {
      const { uid, gid, groups } = process.world.user;
      const all = [...new Set([gid, ...groups])];
      if (option === '-u') process.write(`${uid}\n`);
      else if (option === '-g') process.write(`${gid}\n`);
      else if (option === '-G') process.write(`${all.join(' ')}\n`);
      else if (option === '') process.write(`uid=${uid} gid=${gid} groups=${all.join(',')}\n`);
      else throw new NotUnderstood('id');
      return 0;
    },
  ],
  [
    'sysctl',
    (process, names) => {
      for (const name of names) {
        const value = process.world.sysctls.get(name);
        if (value === undefined) throw new NotUnderstood('a setting of the kernel');
        process.write(`${name} = ${value}\n`);
      }
      return 0;
    },
  ],
  [
    'ip',
    (process, [object, verb]) => {
      if (object !== 'link' || verb !== 'add') throw new NotUnderstood('ip');
      if (process.world.isPrivileged) return 0;
      process.write('ip: RTNETLINK answers: Operation not permitted\n');
      return 2;
    },
  ],
  ['test', (process, args) => (conditionHolds(process, args) ? 0 : 1)],
  ['[', (process, args) => bracketed(process, args, ']')],
  ['[[', (process, args) => bracketed(process, args, ']]')],
  [
    'touch',
    (process, args) => {
      for (const path of args.filter((word) => !word.startsWith('-'))) {
        const problem = process.writeProblem(path);
        if (problem !== undefined) return fail(process, `touch: ${path}: ${problem}`);
        process.writeFile(path, '', true);
      }
      return 0;
    },
  ],
  [
    'rm',
    (process, args) => {
      const paths = args.filter((word) => !word.startsWith('-'));
      const isForced = args.some((word) => /^-\w*f/.test(word));
      for (const path of paths.map(absolute)) {
        const under = [...process.files.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
        if (under.length === 0 && !isForced)
          return fail(process, `rm: can't remove '${path}': No such file or directory`);
        for (const each of under) process.removeFile(each);
      }
      return 0;
    },
  ],
  [
    'mv',
    (process, args) => {
      const [from = '', to = ''] = args.filter((word) => !word.startsWith('-')).map(absolute);
      const file = process.file(from);
      if (file === undefined) return fail(process, `mv: can't rename '${from}': No such file or directory`);
      process.removeFile(from);
      process.files.set(process.isDirectory(to) ? `${to.replace(/\/+$/, '')}/${from.split('/').at(-1)}` : to, file);
      return 0;
    },
  ],
  [
    'ls',
    (process, args) => {
      if (args.some((word) => word.startsWith('-') && word !== '-1')) throw new NotUnderstood('ls with options');
      const [path = '/'] = args.filter((word) => !word.startsWith('-'));
      if (process.hasFile(path)) process.write(`${path}\n`);
      else if (!process.isDirectory(path)) return fail(process, `ls: ${path}: No such file or directory`);
      else {
        const prefix = `${path.replace(/\/+$/, '')}/`;
        const names = [...process.files.keys(), ...process.world.directories.keys()]
          .filter((each) => each.startsWith(prefix))
          .map((each) => each.slice(prefix.length).split('/')[0] ?? '');
        process.write(
          [...new Set(names)]
            .filter((name) => name !== '.')
            .sort()
            .map((name) => `${name}\n`)
            .join(''),
        );
      }
      return 0;
    },
  ],
  [
    'hexdump',
    (process, [option, path = '']) => {
      const file = process.file(path);
      if (option !== '-C' || file === undefined) throw new NotUnderstood('hexdump');
      process.write(hexdump(file.bytes));
      return 0;
    },
  ],
]);

function bracketed(process: Process, args: readonly string[], end: string): number {
  if (args.at(-1) !== end) throw new NotUnderstood(`no ${end}`);
  return conditionHolds(process, args.slice(0, -1)) ? 0 : 1;
}

/** As `hexdump -C` prints it. */
function hexdump(bytes: string): string {
  const hex = (number: number, width: number) => number.toString(16).padStart(width, '0');
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.slice(at, at + 16)];
    const codes = row.map((each) => hex(each.charCodeAt(0), 2));
    const halves = [codes.slice(0, 8).join(' '), codes.slice(8).join(' ')].join('  ');
    const shown = row.map((each) => (/[ -~]/.test(each) ? each : '.')).join('');
    lines.push(`${hex(at, 8)}  ${halves.padEnd(48)}  |${shown}|\n`);
  }
  return `${lines.join('')}${hex(bytes.length, 8)}\n`;
}

/** The text of a file, or undefined. */
export function readText(process: Process, path: string): string | undefined {
  const bytes = process.file(path)?.bytes;
  return bytes === undefined ? undefined : textOf(bytes);
}
