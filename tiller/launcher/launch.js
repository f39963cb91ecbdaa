/** What the committed launcher (bin/drydock.js) runs: the start script, with what it needs of the runtime. */
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { loadScript } = require('./compiled-script.js');
const { setFlags } = require('./node-parts.js');

/** A short run is over before optimizing what it does often pays. */
const SHORT_RUN = '--interrupt-budget=1000000';
/** What V8 has without that. Code that was compiled at build time is taken under the usual flags only. */
const USUAL_RUN = '--interrupt-budget=67584';

let isShortRun = false;

function withUsualFlags(load) {
  if (!isShortRun) return load();
  setFlags(USUAL_RUN);
  try {
    return load();
  } finally {
    setFlags(SHORT_RUN);
  }
}

const { start } = loadScript(join(__dirname, 'start.cjs'), withUsualFlags);
start(process.argv.slice(2), {
  loadProgram: () => import(pathToFileURL(join(__dirname, 'drydock.js')).href),
  expectShortRun: () => {
    isShortRun = true;
    setFlags(SHORT_RUN);
  },
  // Taking the heap down takes a while. Output that waits for its reader is among the resources.
  leave: () => process.getActiveResourcesInfo().length === 0 && process.exit(),
});
