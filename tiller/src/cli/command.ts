/**
 * Commands on commander, with Go's habits of flags that Helm's users have: `--wait` and `--wait=watcher`,
 * `--create-namespace=true`, repeated `--set`; and errors in one form.
 */
import { Command, CommanderError, Option } from 'commander';
import { CliError } from './cli-error.ts';
import { LIMIT_FLAGS } from './limit-flags.ts';

/** Flags that may stand without a value: `--wait` is `--wait=watcher`. */
const BARE_VALUES: ReadonlyMap<string, string> = new Map([
  ['--wait', 'watcher'],
  ['--dry-run', 'server'],
]);

/** A command with the flags that all have. `synopsis` is what follows the name, e.g. `NAME CHART`. */
export function createCommand(name: string, options: { synopsis: string; summary: string }): Command {
  const command = new Command(`drydock ${name}`)
    .description(options.summary)
    .usage(`${options.synopsis === '' ? '' : `${options.synopsis} `}[flags]`)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
  return command
    .option('--data <dir>', 'folder of all state')
    .option('--server <url>', 'server to talk to')
    .option('--debug', 'also tell of each object that changes');
}

/** Adds `-n` and `--cluster`. */
export function addScope(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace of the release')
    .option('--cluster <name>', 'cluster to work on')
    .addOption(new Option('--kube-context <name>', "as --cluster, in Helm's words").hideHelp());
}

/** Adds the flags of a limit of rendering. */
export function addLimits(command: Command): Command {
  for (const { name, help } of LIMIT_FLAGS) command.option(`--${name} <count>`, help);
  return command;
}

export function addOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'format of the output').choices(['table', 'json', 'yaml']).default('table'),
  );
}

/** Collects a flag that may come several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export interface Parsed {
  readonly positionals: readonly string[];
  /** Flags by their camel-cased names. */
  readonly flags: Flags;
}

/** Flags of a command line, read by name and type. */
export interface Flags {
  text(name: string): string | undefined;
  is(name: string): boolean;
  list(name: string): readonly string[];
  number(name: string): number | undefined;
}

/** Undefined when the help was asked for, and is printed. Throws CliError. */
export function parseCommand(
  command: Command,
  input: { readonly args: readonly string[]; readonly min?: number; readonly max?: number },
): Parsed | undefined {
  try {
    command.parse(goFlags(command, input.args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') return undefined;
    throw new CliError(error.message.replace(/^error: /, ''));
  }
  const { args: positionals } = command;
  const { min = 0, max = min } = input;
  if (positionals.length < min || positionals.length > max) {
    const count = min === max ? `${min}` : `${min} to ${max}`;
    throw new CliError(
      `"${command.name()}" requires ${count} argument${count === '1' ? '' : 's'}, not ${positionals.length}: ` +
        `${command.name()} ${command.usage()}`,
    );
  }
  return { positionals, flags: readFlags(command.opts()) };
}

function goFlags(command: Command, args: readonly string[]): string[] {
  const out: string[] = [];
  for (const [index, argument] of args.entries()) {
    if (argument === '--') return [...out, ...args.slice(index)];
    const bare = BARE_VALUES.get(argument);
    const [, flag = '', value = ''] = /^(--[a-z-]+)=(true|false)$/.exec(argument) ?? [];
    const option = command.options.find(({ long }) => long === flag);
    if (bare !== undefined && command.options.some(({ long }) => long === argument)) out.push(`${argument}=${bare}`);
    else if (option?.isBoolean() === true) out.push(...(value === 'true' ? [flag] : []));
    else out.push(argument);
  }
  return out;
}

function readFlags(options: Readonly<Record<string, unknown>>): Flags {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    is: (name) => options[name] === true,
    list: (name) => {
      const value = options[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    number: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,15}$/.test(value)) throw new CliError(`"${value}" for --${kebab(name)} is not a whole number`);
      return Number(value);
    },
  };
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
