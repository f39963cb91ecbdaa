/** The script of a rendering thread, for tests that run on sources: Node can't start a thread with TypeScript. */
import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface RenderThreadScript {
  readonly entry: URL;
  remove(): Promise<void>;
}

export async function buildRenderThread(): Promise<RenderThreadScript> {
  const outfile = fileURLToPath(new URL(`../../dist/render-thread-test-${process.pid}.mjs`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('../rendering/render-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@drydock/source'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return { entry: pathToFileURL(outfile), remove: () => rm(outfile, { force: true }) };
}
