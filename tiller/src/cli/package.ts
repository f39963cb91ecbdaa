/** drydock package CHART... */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { archiveFileName, type Chart, isVersion, loadArchive, loadDirectory, packageChart } from '@drydock/charts';
import { isLocal } from './chart-reference.ts';
import { CliError } from './cli-error.ts';
import { createCommand, type Flags, parseCommand } from './command.ts';
import { verbatim } from './go-flags.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('package', { synopsis: 'CHART...', summary: 'Packs chart folders into archives.' })
    .option('-d, --destination <folder>', 'where to write (default ".")')
    .option('--version <version>', "set the chart's version")
    .option('--app-version <version>', "set the chart's appVersion")
    .option('--sign', 'sign the package: write its provenance beside it')
    .option('--key <name>', 'with --sign, the name of the key, or a part of it')
    .option('--keyring <file>', "with --sign, where the key is (default: GnuPG's)")
    .option('--passphrase-file <file>', "with --sign, a file whose first line is the key's passphrase; - for stdin");
  const parsed = parseCommand(command, { args, min: 1, max: 1000 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const sign = flags.is('sign') ? await openSigner(flags) : undefined;
  const destination = resolve(flags.text('destination') ?? '.');
  for (const path of parsed.positionals) {
    if (!isLocal(path)) throw new CliError(`chart "${path}" not found: no such folder`, { code: 'NotFound' });
    const chart = withVersions(loadDirectory(path), flags);
    const file = join(destination, archiveFileName(chart.metadata));
    await mkdir(destination, { recursive: true });
    const archive = packageChart(chart);
    await writeFile(file, archive);
    if (sign !== undefined) await writeFile(`${file}.prov`, await sign(archive, basename(file)));
    process.stdout.write(`Successfully packaged chart and saved it to: ${file}\n`);
  }
}

/** What signs packages. Throws CliError with Helm's text before anything is written. */
async function openSigner(flags: Flags): Promise<(archive: Uint8Array, fileName: string) => Promise<string>> {
  if ((flags.text('key') ?? '') === '') throw verbatim('--key is required for signing a package');
  if (flags.text('keyring') === '') throw verbatim('--keyring is required for signing a package');
  const { createSigner } = await import('./sign-package.ts');
  return createSigner(flags);
}

/** The chart with --version and --app-version written into its Chart.yaml. */
function withVersions(chart: Chart, flags: Flags): Chart {
  const version = flags.text('version');
  const appVersion = flags.text('appVersion');
  if (version === undefined && appVersion === undefined) return chart;
  if (version !== undefined && !isVersion(version)) {
    throw new CliError(`--version "${version}" is not a semantic version`);
  }
  const raw = chart.raw.map((file) => {
    if (file.name !== 'Chart.yaml') return file;
    let text = new TextDecoder().decode(file.data);
    if (version !== undefined) text = setKey(text, { key: 'version', value: version });
    if (appVersion !== undefined) text = setKey(text, { key: 'appVersion', value: appVersion });
    return { name: file.name, data: new TextEncoder().encode(text) };
  });
  // Packed and read again, so that what was written is what the chart says.
  return loadArchive(packageChart({ ...chart, raw, metadata: { ...chart.metadata, ...(version ? { version } : {}) } }));
}

/** Replaces or adds a key at the top of a YAML document, and leaves the rest, comments too, as it is. */
function setKey(text: string, entry: { readonly key: string; readonly value: string }): string {
  const line = `${entry.key}: ${JSON.stringify(entry.value)}`;
  const pattern = new RegExp(`^${entry.key}:.*$`, 'm');
  return pattern.test(text) ? text.replace(pattern, () => line) : `${text.replace(/\n*$/, '\n')}${line}\n`;
}
