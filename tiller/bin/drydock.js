#!/bin/sh
':' //; STACK=; case "$1 $2" in "template -"*) ;; template*) [ -e "${3:-$2}" ] && unset NODE_EXTRA_CA_CERTS ;; install*|upgrade*|promote*|lint*|serve*) case $(ulimit -s) in unlimited|[89]???|?????*) STACK=--stack-size=3900 ;; esac ;; esac
':' //; exec node $STACK "$0" "$@"

/**
 * The launcher of the drydock program: committed, so that npm can link it at install time, and runs what
 * `npm run build` makes. A CommonJS script, as Node starts those soonest.
 *
 * The shell runs the two lines above, which are text and a comment to Node (their first word does nothing, and no process
 * is made for it): rendering a chart that is here needs no
 * certificates, and Node would read them all before anything else. The slower commands that render get the stack that
 * deeply nested templates need, where the system has it; template starts over with it when it turns out to need it.
 * The others start without: with a flag V8 refuses the code that was kept.
 */
try {
  require('../dist/bundle/launch.cjs');
} catch (error) {
  if (!/(?:MODULE_NOT_FOUND|ENOENT)$/.test(error?.code) || !error.message.includes('bundle')) throw error;
  process.stderr.write('Error: drydock is not built yet: run `npm run build` in the checkout\n');
  process.exitCode = 1;
}
