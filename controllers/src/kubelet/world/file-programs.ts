/** More programs for files, with busybox's messages: cp, pwd, uname, mkdir. */
import type { Process } from './process.ts';

type FileProgram = (process: Process, args: readonly string[]) => number;

const operands = (args: readonly string[]): readonly string[] => args.filter((word) => !word.startsWith('-'));

function fail(process: Process, text: string): number {
  process.write(`${text}\n`);
  return 1;
}

const cp: FileProgram = (process, args) => {
  const [from = '', to = ''] = operands(args);
  const file = process.files.get(from);
  if (file === undefined) return fail(process, `cp: can't stat '${from}': No such file or directory`);
  const target = process.isDirectory(to) ? `${to.replace(/\/+$/, '')}/${from.split('/').at(-1)}` : to;
  const problem = process.writeProblem(target);
  if (problem !== undefined) return fail(process, `cp: can't create '${target}': ${problem}`);
  process.writeFile(target, file.bytes, false);
  return 0;
};

/** A directory is there once it has a file. */
const mkdir: FileProgram = (process, args) => {
  for (const path of operands(args)) {
    const directory = path.replace(/\/+$/, '');
    if (process.isDirectory(directory)) {
      if (!args.includes('-p')) return fail(process, `mkdir: can't create directory '${path}': File exists`);
    } else if (args.includes('-p') || process.writeProblem(directory) === undefined)
      process.writeFile(`${directory}/.`, '', false);
    else return fail(process, `mkdir: can't create directory '${path}': No such file or directory`);
  }
  return 0;
};

export const filePrograms: readonly (readonly [string, FileProgram])[] = [
  ['cp', cp],
  ['mkdir', mkdir],
  [
    'pwd',
    (process) => {
      process.write('/\n');
      return 0;
    },
  ],
  [
    'uname',
    (process, args) => {
      const { hostname } = process.world;
      process.write(args.includes('-a') ? `Linux ${hostname} 6.8.0-simulated x86_64 Linux\n` : 'Linux\n');
      return 0;
    },
  ],
];
