/**
 * Builds the drydock program: one ES module for the entry, a chunk for each command and for what they share, so that a
 * command loads only what it needs. Native and optional modules stay outside.
 */
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = new URL('./dist/bundle/', import.meta.url).pathname;
await rm(outdir, { recursive: true, force: true });

await build({
  entryPoints: [new URL('./src/cli/drydock.ts', import.meta.url).pathname],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: false,
  conditions: ['@drydock/source'],
  external: ['better-sqlite3'],
  // CommonJS packages in the bundle (express and what it needs) ask for Node's modules by require.
  banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
  logLevel: 'warning',
});
