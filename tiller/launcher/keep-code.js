/** Makes the compiled code that compiled-script.js loads: for the build only. */
const { readFileSync, writeFileSync } = require('node:fs');
const { codeOf, compile, markOf, run } = require('./compiled-script.js');

/** Runs a script, hands what it exports to `use`, and keeps the code that was compiled by then. */
async function keepCode(path, use) {
  const source = readFileSync(path);
  const script = compile(source, path);
  await use(run(script, path));
  writeFileSync(codeOf(path), Buffer.concat([markOf(source), script.createCachedData()]));
}

module.exports = { keepCode };
