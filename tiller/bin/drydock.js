#!/usr/bin/env node
/**
 * The launcher of the drydock program: committed, so that npm can link it at install time, and runs the bundle that
 * `npm run build` makes.
 */
import module from 'node:module';

// Node 22 and later keep compiled code on disk, which saves most of the start-up of larger commands.
module.enableCompileCache?.();

try {
  await import('../dist/bundle/drydock.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist/bundle/drydock.js')) {
    throw error;
  }
  process.stderr.write('Error: drydock is not built yet: run `npm run build` in the checkout\n');
  process.exitCode = 1;
}
