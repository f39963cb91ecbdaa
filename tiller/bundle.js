/**
 * Builds the drydock program: one ES module for the entry, a chunk for each command and for what they share, so that a
 * command loads only what it needs; and the start script of the quick commands with its compiled code, beside which are
 * the packages that it seldom needs. The native SQLite module stays outside.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { keepCode } from './launcher/keep-code.js';

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
  const packageFiles = await bundlePackages(outdir);
  await bundleLauncher(outdir);
  const start = await bundleStart(outdir);
  const { metafile } = await build({
    ...common,
    entryPoints: [
      ...['drydock.ts', ...start.leftToProgram].map((file) => join('cli', file)),
      // A thread of the server starts with it.
      'rendering/render-worker.ts',
    ].map((file) => ({ in: join(here, 'src', file), out: basename(file, '.ts') })),
    outdir,
    splitting: true,
    format: 'esm',
    external: ['better-sqlite3'],
    // CommonJS packages in the bundle (express and what it needs) ask for Node's modules by require.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  await warmUp(outdir);
  const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const file of ['launch.cjs', ...packageFiles, ...start.files]) written.add(file);
  // Chunks are named by their content: the old ones go last, so that the program can be run all the while.
  for (const file of await readdir(outdir)) if (!written.has(file)) await rm(join(outdir, file), { recursive: true });
}

/** What the start script loads late and has in itself; all else that it would load late is the program proper's. */
const startModules = ['./template.ts', './report-error.ts'];

/** The start script. Gives the files' names, and the modules that the script loads from the program proper. */
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
  await writeScript(join(outdir, 'start.cjs'), text);
  return { files: ['start.cjs', 'start.code'], leftToProgram };
}

/** What bin/drydock.js runs, in one file, as Node takes longer to find a script than to run one. */
async function bundleLauncher(outdir) {
  const { status } = spawnSync(process.execPath, [join(here, 'launcher', 'try-out.js')], { stdio: 'ignore' });
  if (status !== 0)
    console.warn(`drydock starts slower on Node ${process.version}, which has other parts than expected`);
  await build({
    ...common,
    entryPoints: [`${here}launcher/launch.js`],
    outfile: join(outdir, 'launch.cjs'),
    format: 'cjs',
    define: { TRIED_ON: JSON.stringify(status === 0 ? process.version : '') },
  });
}

/**
 * Keeps V8's code for the start script as it is after rendering the chart in warm-up/, packed and not, which does what
 * most charts do: whatever has run by then need not be compiled when a user runs it.
 */
async function warmUp(outdir) {
  const packed = await mkdtemp(join(tmpdir(), 'drydock-build-'));
  const chart = join(here, 'warm-up');
  runNode([join(outdir, 'drydock.js'), 'package', chart, '--destination', packed], here);
  const charts = [...(await readdir(packed)).map((file) => join(packed, file)), chart];
  const renderAll = `require('./keep-code.js').keepCode(${JSON.stringify(join(outdir, 'start.cjs'))},
    async ({ start }) => {
      for (const chart of ${JSON.stringify(charts)})
        await start(['template', 'warm-up', chart], { expectShortRun() {}, leave() {} });
    })`;
  runNode(['-e', renderAll], join(here, 'launcher'));
  await rm(packed, { recursive: true });
}

function runNode(args, cwd) {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the program does not run: ${stderr}`);
}

/** Writes a script as compiled-script.js loads it, with a mark of the build that its code is to have as well. */
async function writeScript(path, text) {
  const mark = `/*${createHash('sha256').update(text).digest('hex')}*/`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${mark}(function(exports,require,module,__filename,__dirname){${text}\n})`);
}

/**
 * The packages that few renders need, which lazy-modules.ts loads: each is a script of its own, so that the others need
 * not read it. Its code is kept as it is after something that most users of the package do.
 */
const packages = [
  {
    name: 're2js',
    file: 're2.cjs',
    use: ({ RE2JS }) => RE2JS.compile('^(?i:[a-z0-9]+)([-.][a-z]{1,3}|\\s*\\d+)*$').matcher('chart-a.b 12').find(),
  },
  { name: 'bcryptjs', file: 'bcrypt.cjs', use: ({ hashSync }) => hashSync('password', 4) },
  {
    name: 'handlebars/dist/cjs/handlebars/compiler/base',
    file: 'handlebars-parser.cjs',
    use: ({ parse }) => parse('a: {{b}}\n{{#if (eq c.d "e")}}\n{{> f g=1}}\n{{else}}\n{{{toYaml h}}}\n{{/if}}\n'),
  },
];

/** Gives the files' names. */
async function bundlePackages(outdir) {
  for (const { name, file, use } of packages) {
    const { outputFiles } = await build({
      ...common,
      stdin: { contents: `module.exports = require('${name}');`, resolveDir: join(here, '../charts/src') },
      write: false,
      format: 'cjs',
      charset: 'ascii',
    });
    await writeScript(join(outdir, file), outputFiles[0].text);
    await keepCode(join(outdir, file), use);
  }
  return packages.flatMap(({ file }) => [file, file.replace(/\.cjs$/, '.code')]);
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
    for (const { name, file } of packages) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: `./${file}`, external: true }));
    }
    // What is loaded when first needed: a module of Node, or a script of its own.
    onLoad({ filter: /lazy-modules\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(/^const load = .*$/m, '').replaceAll('load(', 'require('), loader: 'ts' };
    });
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProgram(`${here}dist/bundle`);
