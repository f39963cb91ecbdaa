#!/bin/sh
// 2>/dev/null; STACK=; case "$1 $2" in "template -"*) ;; template*) [ -e "${3:-$2}" ] && unset NODE_EXTRA_CA_CERTS ;; install*|upgrade*|promote*|lint*|serve*) case $(ulimit -s) in unlimited|[89]???|?????*) STACK=--stack-size=3900 ;; esac ;; esac
// 2>/dev/null; exec node $STACK "$0" "$@"

/**
 * The launcher of the drydock program: committed, so that npm can link it at install time, and runs what
 * `npm run build` makes. A CommonJS script, as Node starts those soonest.
 *
 * The shell runs the two lines above, which Node takes for comments: rendering a chart that is here needs no
 * certificates, and Node would read them all before anything else. The slower commands that render get the stack that
 * deeply nested templates need, where the system has it; template starts over with it when it turns out to need it.
 * The others start without: with a flag V8 refuses the code that was kept.
 */
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { loadScript } = require('./compiled-script.js');

const folder = join(__dirname, '../dist/bundle');

/** A short run is over before optimizing what it does often pays. */
const SHORT_RUN = '--interrupt-budget=1000000';
/** What V8 has without that. Code that was compiled at build time is taken under the usual flags only. */
const USUAL_RUN = '--interrupt-budget=67584';

let isShortRun = false;

function withUsualFlags(load) {
  if (!isShortRun) return load();
  setFlagsFromString(USUAL_RUN);
  try {
    return load();
  } finally {
    setFlagsFromString(SHORT_RUN);
  }
}

try {
  const { start } = loadScript(join(folder, 'start.cjs'), withUsualFlags);
  start(process.argv.slice(2), {
    loadProgram: () => import(pathToFileURL(join(folder, 'drydock.js')).href),
    expectShortRun: () => {
      isShortRun = true;
      setFlagsFromString(SHORT_RUN);
    },
    // Taking the heap down takes a while. Output that waits for its reader is among the resources.
    leave: () => process.getActiveResourcesInfo().length === 0 && process.exit(),
  });
} catch (error) {
  if (error?.code !== 'ENOENT' || !String(error.path).includes('bundle')) throw error;
  process.stderr.write('Error: drydock is not built yet: run `npm run build` in the checkout\n');
  process.exitCode = 1;
}
