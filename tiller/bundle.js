/**
 * Builds the drydock program: one ES module for the entry, a chunk for each command and for what they share, so that a
 * command loads only what it needs; and the start script of the quick commands with its compiled code. The native
 * SQLite module stays outside.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  conditions: ['@drydock/source'],
  logLevel: 'warning',
  metafile: true,
};

/** Writes the program to a folder two below tiller/, where it finds its packages and the web page. */
export async function bundleProgram(outdir) {
  const start = await bundleStart(outdir);
  const { metafile } = await build({
    ...common,
    entryPoints: ['drydock.ts', ...start.leftToProgram].map((file) => `${here}src/cli/${file}`),
    outdir,
    splitting: true,
    format: 'esm',
    external: ['better-sqlite3'],
    // CommonJS packages in the bundle (express and what it needs) ask for Node's modules by require.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const file of start.files) written.add(file);
  // Chunks are named by their content: the old ones go last, so that the program can be run all the while.
  for (const file of await readdir(outdir)) if (!written.has(file)) await rm(join(outdir, file), { recursive: true });
}

/** What the start script loads late and has in itself; all else that it would load late is the program proper's. */
const startModules = ['./template.ts', './report-error.ts'];

/**
 * The start script, and V8's code for it as it is after a run. Gives the files' names, and the modules that the script
 * loads from the program proper.
 */
async function bundleStart(outdir) {
  const leftToProgram = new Set();
  const { outputFiles } = await build({
    ...common,
    entryPoints: [`${here}src/cli/start.ts`],
    outfile: join(outdir, 'start.cjs'),
    write: false,
    format: 'cjs',
    charset: 'ascii',
    plugins: [startPlugin(leftToProgram)],
  });
  // A script that is run from compiled code cannot import: the launcher does it for the script.
  const text = outputFiles
    .find(({ path }) => path.endsWith('start.cjs'))
    .text.replace(/\bimport\("(\.\/[\w-]+\.js)"\)/g, 'require.program("$1")');
  // A mark of the build, by which the script and its code are known to belong together.
  const mark = `/*${createHash('sha256').update(text).digest('hex')}*/`;
  await mkdir(outdir, { recursive: true });
  const wrapped = `${mark}(function(exports,require,module,__filename,__dirname){${text}\n})`;
  await writeFile(join(outdir, 'start.cjs'), wrapped);
  const chart = join(here, '../charts/examples/bookshop');
  const warmUp = `require('./compiled-script.js').keepCode(${JSON.stringify(outdir)}, ({ start }) =>
    start(['template', 'warm-up', ${JSON.stringify(chart)}], { expectShortRun() {}, leave() {} }))`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', warmUp], {
    cwd: join(here, 'bin'),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the start script does not run: ${stderr}`);
  return { files: ['start.cjs', 'start.code'], leftToProgram };
}

/** Modules that Node has loaded by the time it runs a script. */
const soonModules = new Set(['node:fs', 'node:path', 'node:module', 'node:url', 'node:events', 'node:process']);

const startPlugin = (leftToProgram) => ({
  name: 'start',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ importer, kind, path }) => {
      if (kind !== 'dynamic-import' || startModules.includes(path)) return undefined;
      // The table of all commands names them; the start loads none of those itself.
      if (basename(importer) !== 'commands.ts') leftToProgram.add(path);
      return { path: path.replace(/\.ts$/, '.js'), external: true };
    });
    // Node's larger modules are loaded when something of them is first used, whatever imports them.
    onResolve({ filter: /^node:/ }, ({ path }) => (soonModules.has(path) ? undefined : { path, namespace: 'late' }));
    // esbuild copies the own properties of a CommonJS module, and keeps its prototype.
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = Object.create(new Proxy({}, { get: (_, name) => require.late('${path}')[name] }));`,
    }));
    // Modules that are loaded when first needed become parts of the script that are run when first needed.
    onLoad({ filter: /lazy-modules\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(/^const load = .*$/m, '').replaceAll('load(', 'require('), loader: 'ts' };
    });
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProgram(`${here}dist/bundle`);
