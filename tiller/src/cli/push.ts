/** drydock push CHART SPACE */
import { readFile } from 'node:fs/promises';
import { isLocal } from './chart-reference.ts';
import { CliError } from './cli-error.ts';
import { addOutput, createCommand, parseCommand } from './command.ts';
import { printAs } from './output.ts';
import { withSession } from './session.ts';

interface Pushed {
  readonly space: string;
  readonly chart: string;
  readonly version: string;
  readonly digest: string;
}

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('push', {
    synopsis: 'CHART SPACE',
    summary: 'Pushes a chart, a folder or an archive, to a space of the registry.',
  });
  addOutput(command);
  const parsed = parseCommand(command, { args, min: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [chart = '', space = ''] = parsed.positionals;
  if (!isLocal(chart)) {
    throw new CliError(`chart "${chart}" not found: no such file or folder`, { code: 'NotFound' });
  }
  const { packageFromPath } = await import('../chart-sources/directory.ts');
  const { archive } = await packageFromPath(chart);
  await withSession(flags, async (client) => {
    const pushed = await client.upload<Pushed>(`/api/v1/spaces/${encodeURIComponent(space)}/charts`, archive);
    // As helm push: the provenance beside a package goes with it.
    const proof = await readFile(`${chart}.prov`).catch(() => undefined);
    if (proof !== undefined) {
      await client.upload(`/api/${space.split('/').map(encodeURIComponent).join('/')}/prov`, proof);
    }
    await printAs(flags.text('output') ?? 'table', pushed, () => {
      return `Pushed: ${pushed.space}/${pushed.chart}:${pushed.version}\nDigest: ${pushed.digest}\n`;
    });
  });
}
