/** drydock get values|manifest|notes|hooks|all NAME */
import type { ReleaseDetail } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, type Flags, parseCommand } from './command.ts';
import { formatYaml, printAs } from './output.ts';
import { formatNotes, formatRelease } from './print-release.ts';
import { parseRevision } from './rollback.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';

type Print = (release: ReleaseDetail, flags: Flags) => Promise<void>;

const PARTS: ReadonlyMap<string, Print> = new Map<string, Print>([
  ['values', printValues],
  ['manifest', async (release) => write(`${release.manifest}\n`)],
  ['notes', async (release) => write(formatNotes(release))],
  ['hooks', async (release) => write(release.hookManifest)],
  ['all', printAll],
]);

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('get', {
    synopsis: 'values|manifest|notes|hooks|all NAME',
    summary: 'Shows what a release is made of.',
  });
  addOutput(addScope(command))
    .option('-a, --all', "values: with the chart's defaults")
    .option('--revision <number>', 'of a former revision');
  const parsed = parseCommand(command, { args, min: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [part = '', name = ''] = parsed.positionals;
  const print = PARTS.get(part);
  if (print === undefined) throw new CliError(`get: "${part}" is none of ${[...PARTS.keys()].join(', ')}`);
  const revision = flags.text('revision');
  const query = revision === undefined ? '' : `?revision=${parseRevision(revision)}`;
  await withSession(flags, async (client) => {
    const id = { cluster: await chooseCluster(client, flags), namespace: chooseNamespace(flags), name };
    await print(await client.json<ReleaseDetail>('GET', `${releasePath(id)}${query}`), flags);
  });
}

async function printValues(release: ReleaseDetail, flags: Flags): Promise<void> {
  const values = flags.is('all') ? release.computedValues : release.values;
  await printAs(flags.text('output') ?? 'table', values, async () => {
    return `${flags.is('all') ? 'COMPUTED' : 'USER-SUPPLIED'} VALUES:\n${await valuesText(values)}`;
  });
}

async function printAll(release: ReleaseDetail): Promise<void> {
  write(formatRelease({ ...release, notes: '' }));
  write(`USER-SUPPLIED VALUES:\n${await valuesText(release.values)}\n`);
  write(`COMPUTED VALUES:\n${await valuesText(release.computedValues)}\n`);
  write(`HOOKS:\n${release.hookManifest}MANIFEST:\n${release.manifest}\n${formatNotes(release)}`);
}

/** As Helm, no values are `null`. */
async function valuesText(values: Readonly<Record<string, unknown>>): Promise<string> {
  return Object.keys(values).length === 0 ? 'null\n' : formatYaml(values);
}

function write(text: string): void {
  process.stdout.write(text);
}
