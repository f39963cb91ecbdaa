/**
 * drydock pull CHART: from the registry (SPACE/NAME), from repositories and OCI registries as `helm pull` v4.3, with the
 * provenance where it is asked for.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { loadArchive } from '@drydock/charts';
import { addScope, createCommand, type Flags, parseCommand } from './command.ts';
import { verbatim } from './go-flags.ts';
import { fetchChart, isRegistryName } from './locate-remote.ts';
import { addChartFlags } from './operation-flags.ts';
import type { FetchedPackage } from './verify-chart.ts';
import { writeOut } from './write-out.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('pull', {
    synopsis: 'CHART',
    summary: 'Pulls a chart: SPACE/NAME of the registry, REPOSITORY/NAME, oci://..., a URL, or NAME with --repo.',
  });
  addChartFlags(addScope(command))
    .option('-d, --destination <folder>', 'where to write (default ".")')
    .option('--prov', 'fetch the provenance, too, without checking it')
    .option('--untar', 'unpack the archive')
    .option('--untardir <folder>', 'with --untar, where to unpack (default ".")');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const chart = { name: (parsed.positionals[0] ?? '').trim(), repository: flags.text('repo') ?? '' };
  const destination = resolve(flags.text('destination') ?? '.');
  const fetched = await fetchChart(chart, flags);
  const said = await checkOrKeep(fetched, { flags, destination });
  const { metadata } = loadArchive(fetched.archive);
  if (flags.is('untar')) await unpack(fetched.archive, untarFolder(destination, flags));
  else {
    await mkdir(destination, { recursive: true });
    await writeFile(join(destination, safeName(fetched.fileName)), fetched.archive);
  }
  if (isRegistryName(chart, flags)) writeOut(`Pulled: ${chart.name}:${metadata.version}\n`);
  writeOut(said);
}

/** With --verify checks the package, which is then told of; with --prov or --verify writes the provenance. */
async function checkOrKeep(
  fetched: FetchedPackage,
  { flags, destination }: { readonly flags: Flags; readonly destination: string },
): Promise<string> {
  if (!flags.is('verify') && !flags.is('prov')) return '';
  const { fetchProvenance, formatVerification, verifyFetched } = await import('./verify-chart.ts');
  let said = '';
  let proof: Uint8Array;
  if (flags.is('verify')) {
    proof = await fetchProvenance(fetched);
    said = formatVerification(await verifyFetched({ ...fetched, provenance: async () => proof }, flags));
  } else {
    try {
      proof = await fetched.provenance();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `WARNING: Verification not found for ${fetched.url}: ${reason}\n`;
    }
  }
  if (flags.is('untar')) return said;
  await mkdir(destination, { recursive: true });
  await writeFile(join(destination, `${safeName(fetched.fileName)}.prov`), proof);
  return said;
}

function untarFolder(destination: string, flags: Flags): string {
  const folder = flags.text('untardir') ?? '.';
  return isAbsolute(folder) ? folder : join(destination, folder);
}

/** A name in the folder that was asked for, whatever a server says. */
function safeName(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name;
  throw verbatim(`${JSON.stringify(name)} is no name for a package`);
}

/** Writes the chart's files below a folder of its name. The archive reader has refused paths that lead elsewhere. */
async function unpack(archive: Uint8Array, destination: string): Promise<void> {
  const chart = loadArchive(archive);
  const folder = join(destination, safeName(chart.metadata.name));
  if (existsSync(folder)) {
    throw verbatim(`failed to untar: a file or directory with the name ${folder} already exists`, 'AlreadyExists');
  }
  for (const file of chart.raw) {
    const path = join(folder, ...file.name.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.data);
  }
}
