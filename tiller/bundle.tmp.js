import { existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('/work/main/tiller/dist/bundle', { recursive: true, force: true });
await build({
  entryPoints: ['/work/main/tiller/src/cli/drydock.ts'],
  outdir: '/work/main/tiller/dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  conditions: ['@drydock/source'],
  external: ['better-sqlite3'],
  metafile: true,
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
  plugins: [
    {
      name: 'stub',
      setup(b) {
        b.onResolve({ filter: /^\.\/schema\.ts$/ }, (a) => {
          if (a.importer.includes('charts/src/values') && !existsSync('/work/main/charts/src/values/schema.ts'))
            return { path: '/tmp/stub/schema.ts' };
        });
      },
    },
  ],
});
