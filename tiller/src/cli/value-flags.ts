/** Helm's flags for values, read into what the API takes: files are read here, since only this program sees them. */
import type { Command } from 'commander';
import type { ValuesInput } from '../server/api.ts';
import { collect, type Flags } from './command.ts';
import { readValues } from './value-files.ts';

export function addValueFlags(command: Command): Command {
  return command
    .option('-f, --values <file>', 'values in a YAML file, at a URL, or - for stdin (several)', collect)
    .option('--set <key=value>', 'a value (several, or separated by commas)', collect)
    .option('--set-string <key=value>', 'a value that is a string', collect)
    .option('--set-json <key=json>', 'a value in JSON', collect)
    .option('--set-literal <key=value>', 'a value that is a string as it stands', collect)
    .option('--set-file <key=path>', 'a value from a file', collect);
}

/** Throws CliError that names the file which can't be read. */
export function readValueFlags(flags: Flags): Promise<ValuesInput> {
  const files = flags.list('values').flatMap((value) => value.split(','));
  return readValues(flags, files);
}
