/**
 * Loads the program's scripts, each with the code that V8 made of it at build time, which saves compiling it. Another
 * version of Node refuses that code and compiles the script, which is only slower.
 */
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');
const { nodeModule } = require('./node-parts.js');

/** A script and its code begin with a mark of the build they are from. */
const MARK_LENGTH = 68;

/**
 * What the script in a file exports. `late` is called to call what loads a module of Node, or another script of the
 * folder, that this one comes to need. Throws Node's error where there is no script.
 */
function loadScript(path, late) {
  const source = readFileSync(path);
  return run(compile(source, path, readCode(path, source)), path, late);
}

function compile(source, filename, cachedData) {
  // The script is plain ASCII.
  return new Script(source.latin1Slice(), { filename, cachedData });
}

function readCode(path, source) {
  try {
    const code = readFileSync(codeOf(path));
    return markOf(code).equals(markOf(source)) ? code.subarray(MARK_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(path) {
  return path.replace(/\.cjs$/, '.code');
}

function markOf(bytes) {
  return bytes.subarray(0, MARK_LENGTH);
}

function run(script, path, late = (load) => load()) {
  const folder = dirname(path);
  const scripts = new Map();
  const loadFrom = (id) => () => loadScript(join(folder, id), late);
  const load = (id) => {
    if (!id.startsWith('./')) return nodeModule(id);
    if (!scripts.has(id)) scripts.set(id, late(loadFrom(id)));
    return scripts.get(id);
  };
  load.late = (id) => late(() => nodeModule(id));
  load.program = (file) => import(pathToFileURL(join(folder, file)).href);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, load, module, path, folder);
  return module.exports;
}

module.exports = { codeOf, compile, loadScript, markOf, run };
