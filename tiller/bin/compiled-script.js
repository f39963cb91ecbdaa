/**
 * Loads the program's start script with the code that V8 made of it at build time, which saves compiling it. Another
 * version of Node refuses that code and compiles the script, which is only slower.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const SCRIPT = 'start.cjs';
const CODE = 'start.code';
/** Both files begin with a mark of the build they are from. */
const MARK_LENGTH = 68;

/**
 * What the script in a folder exports. `loadLate` loads the modules of Node that it comes to need. Throws Node's error
 * where there is no script.
 */
function loadScript(folder, loadLate) {
  const source = readFileSync(join(folder, SCRIPT));
  return run(compile(source, folder, readCode(folder, source)), folder, loadLate);
}

/** Runs the script, hands what it exports to `use`, and keeps the code that was compiled by then. */
async function keepCode(folder, use) {
  const source = readFileSync(join(folder, SCRIPT));
  const script = compile(source, folder);
  await use(run(script, folder));
  writeFileSync(join(folder, CODE), Buffer.concat([markOf(source), script.createCachedData()]));
}

function compile(source, folder, cachedData) {
  // The script is plain ASCII.
  return new Script(source.latin1Slice(), { filename: join(folder, SCRIPT), cachedData });
}

function readCode(folder, source) {
  try {
    const code = readFileSync(join(folder, CODE));
    return markOf(code).equals(markOf(source)) ? code.subarray(MARK_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}

function markOf(bytes) {
  return bytes.subarray(0, MARK_LENGTH);
}

function run(script, folder, loadLate = require) {
  const filename = join(folder, SCRIPT);
  const load = (id) => require(id);
  load.late = loadLate;
  load.program = (path) => import(pathToFileURL(join(folder, path)).href);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, load, module, filename, folder);
  return module.exports;
}

module.exports = { keepCode, loadScript };
