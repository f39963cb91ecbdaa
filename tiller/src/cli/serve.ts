/** drydock serve */
import { readConfig } from '../server/config.ts';
import { keepHeapSmall } from '../server/heap.ts';
import { startServer } from '../server/main.ts';
import { addLimits, createCommand, parseCommand } from './command.ts';
import { readLimits } from './limit-flags.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = addLimits(
    createCommand('serve', {
      synopsis: '',
      summary: 'Runs the server until it is told to stop (SIGINT, SIGTERM).',
    }),
  )
    .option('--listen <host:port>', 'address to listen at; port 0 takes a free one (default 127.0.0.1:8080)')
    .option('--max-render-seconds <seconds>', 'how long rendering a chart may take (default 30)')
    .option('--sync-writes', 'each write to a cluster is on the disk when it is answered, safe from a loss of power')
    .option('--clock-rate <rate>', "the clusters' seconds for each second of yours; 0 stands still (default 1)");
  const parsed = parseCommand(command, { args });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const config = readConfig(
    {
      data: flags.text('data'),
      listen: flags.text('listen'),
      clockRate: flags.text('clockRate'),
      ...(flags.is('syncWrites') ? { syncWrites: true } : {}),
      renderLimits: readLimits(flags),
      renderThreads: { seconds: flags.text('maxRenderSeconds') },
    },
    process.env,
  );
  keepHeapSmall();
  const server = await startServer(config, { isPublic: true });
  process.stdout.write(`drydock serves ${config.data} at ${server.address}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Error: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}
