/** drydock pull SPACE/NAME */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ResolvedChart } from '../server/api.ts';
import { checkRef, versionFlag } from './chart-argument.ts';
import { createCommand, parseCommand } from './command.ts';
import type { HttpClient } from './http-client.ts';
import { addChartFlags } from './operation-flags.ts';
import { withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('pull', { synopsis: 'SPACE/NAME', summary: 'Pulls a chart from the registry.' });
  addChartFlags(command)
    .option('-d, --destination <folder>', 'where to write (default ".")')
    .option('--untar', 'unpack the archive');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const ref = parsed.positionals[0] ?? '';
  checkRef(ref);
  const destination = resolve(flags.text('destination') ?? '.');
  const { chart, archive } = await withSession(flags, (client) =>
    pullChart(client, { ref, version: versionFlag(flags) }),
  );
  await mkdir(destination, { recursive: true });
  if (flags.is('untar')) await unpack(archive, destination);
  else await writeFile(join(destination, `${chart.name}-${chart.version}.tgz`), archive);
  process.stdout.write(`Pulled: ${ref}:${chart.version}\n`);
}

/** The archive of the version that a reference and a range mean. */
export async function pullChart(
  client: HttpClient,
  input: { readonly ref: string; readonly version: string | undefined },
): Promise<{ readonly chart: ResolvedChart; readonly archive: Buffer }> {
  const query = new URLSearchParams({
    ref: input.ref,
    ...(input.version === undefined ? {} : { version: input.version }),
  });
  const chart = await client.json<ResolvedChart>('GET', `/api/v1/charts/resolve?${query.toString()}`);
  const [space = '', name = ''] = input.ref.split('/').map(encodeURIComponent);
  const version = encodeURIComponent(chart.version);
  const archive = await client.bytes(`/api/v1/spaces/${space}/charts/${name}/versions/${version}`);
  return { chart, archive };
}

/** Writes the chart's files below a folder of its name. The archive reader has refused paths that lead elsewhere. */
async function unpack(archive: Buffer, destination: string): Promise<void> {
  const { loadArchive } = await import('@drydock/charts');
  const chart = loadArchive(archive);
  for (const file of chart.raw) {
    const path = join(destination, chart.metadata.name, ...file.name.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.data);
  }
}
