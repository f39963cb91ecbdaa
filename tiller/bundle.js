/**
 * Builds the drydock program: one ES module for the entry, a chunk for each command and for what they share, so that a
 * command loads only what it needs. The native SQLite module stays outside.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Writes the program to a folder two below tiller/, where it finds its packages and the web page. */
export async function bundleProgram(outdir) {
  const { metafile } = await build({
    entryPoints: [`${here}src/cli/drydock.ts`],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    conditions: ['@drydock/source'],
    external: ['better-sqlite3'],
    // CommonJS packages in the bundle (express and what it needs) ask for Node's modules by require.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    metafile: true,
  });
  // Chunks are named by their content: the old ones go last, so that the program can be run all the while.
  const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const file of await readdir(outdir)) if (!written.has(file)) await rm(join(outdir, file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProgram(`${here}dist/bundle`);
