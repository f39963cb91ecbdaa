/**
 * Kubernetes' own test image as far as it only looks around (test/images/agnhost, v1.34): `mounttest` reads files,
 * `entrypoint-tester` prints its arguments, the servers run until they are stopped.
 */
import { bytesOf, textOf } from './files.ts';
import type { Process } from './process.ts';
import { NotUnderstood } from './shell-syntax.ts';

const SECOND = 1000;
const NEW_FILE = 'mount-tester new file\n';
/** Of the file system, as statfs tells it: ext4. */
const DISK = 61_267;

/** Throws NotUnderstood for a server: what it answers is not simulated. */
export function agnhost(process: Process, args: readonly string[], name: string): number {
  const [program = 'pause', ...rest] = args;
  if (program === 'mounttest') return mounttest(process, rest);
  if (program === 'entrypoint-tester') {
    process.write(`[${[name, ...args].join(' ')}]\n`);
    return 0;
  }
  if (program !== 'pause') throw new NotUnderstood(program);
  process.write('Paused\n');
  process.sleep(Number.POSITIVE_INFINITY);
  return 0;
}

function mounttest(process: Process, args: readonly string[]): number {
  const flags = new Map(
    args.map((word) => {
      const [, name = '', value = ''] = /^--?(\w+)=(.*)$/s.exec(word) ?? [];
      return [name, value] as const;
    }),
  );
  let failures = 0;
  const on = (flag: string, check: (path: string) => boolean) => {
    const path = flags.get(flag);
    if (path !== undefined && path !== '' && !check(path)) failures++;
  };
  // The order is the program's own: what is written is looked at after.
  on('fs_type', (path) => fsType(process, path));
  for (const mode of [0o644, 0o666, 0o660, 0o777]) {
    on(`new_file_0${mode.toString(8)}`, (path) => writeNew(process, path, mode));
  }
  on('file_mode', (path) => stat(process, path, (mode, type) => `mode of file "${path}": ${formatMode(mode, type)}`));
  on('file_perm', (path) => stat(process, path, (mode) => `perms of file "${path}": ${formatMode(mode, '-')}`));
  on('file_owner', (path) => owner(process, path));
  on('file_content', (path) => printContent(process, path));
  on('file_content_in_loop', (path) => watchContent(process, path, flags));
  return failures === 0 ? 0 : 1;
}

const quoted = (path: string): string => JSON.stringify(path);

function fsType(process: Process, path: string): boolean {
  const mount = process.world.directories.get(path.replace(/\/+$/, ''));
  process.write(`mount type of ${quoted(path)}: ${mount?.isMemory === true ? 'tmpfs' : DISK}\n`);
  return true;
}

function writeNew(process: Process, path: string, mode: number): boolean {
  const problem = process.writeProblem(path);
  if (problem !== undefined) {
    process.write(`error writing new file ${quoted(path)}: open ${path}: ${problem.toLowerCase()}\n`);
    return false;
  }
  process.files.set(path, { bytes: bytesOf(NEW_FILE), mode });
  return printContent(process, path);
}

function stat(process: Process, path: string, text: (mode: number, type: string) => string): boolean {
  const file = process.file(path);
  const directory = process.world.directories.get(path.replace(/\/+$/, ''));
  if (file === undefined && directory === undefined) {
    process.write(`error from Stat(${quoted(path)}): stat ${path}: no such file or directory\n`);
    return false;
  }
  process.write(`${file === undefined ? text(directory?.mode ?? 0o755, 'd') : text(file.mode, '-')}\n`);
  return true;
}

/** As Go prints a file's mode. */
function formatMode(mode: number, type: string): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
  return type === 'd' ? `d${bits}` : `-${bits}`;
}

function owner(process: Process, path: string): boolean {
  const { groups } = process.world.user;
  const user = process.files.get(path)?.owner ?? 0;
  process.write(`owner UID of ${quoted(path)}: ${user}\nowner GID of ${quoted(path)}: ${groups[0] ?? 0}\n`);
  return true;
}

function printContent(process: Process, path: string): boolean {
  const file = process.file(path);
  if (file === undefined) {
    process.write(`error reading file content for ${quoted(path)}: open ${path}: no such file or directory\n`);
    return false;
  }
  process.write(`content of file ${quoted(path)}: ${textOf(file.bytes)}\n`);
  return true;
}

/** Every two seconds, for the time that it is given or until the content is the expected one. */
function watchContent(process: Process, path: string, flags: ReadonlyMap<string, string>): boolean {
  const end = process.elapsed + Number(flags.get('retry_time') ?? 180) * SECOND;
  const breaks = flags.get('break_on_expected_content') !== 'false';
  let isThere = false;
  while (process.elapsed < end) {
    process.step();
    const file = process.file(path);
    isThere = file !== undefined;
    if (file === undefined) {
      process.write(`Error reading file ${path}: open ${path}: no such file or directory, retrying\n`);
    } else {
      process.write(`content of file ${quoted(path)}: ${textOf(file.bytes)}\n`);
      if (breaks && textOf(file.bytes) === NEW_FILE) return true;
    }
    process.sleep(2 * SECOND);
  }
  return isThere;
}
