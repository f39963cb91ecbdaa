/**
 * Modules that only some templates need, loaded when one of them first does: loading them at the start would cost every
 * program more time than most renders take.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Node's cryptography. */
export function nodeCrypto(): typeof import('node:crypto') {
  return load('node:crypto');
}

/** Password hashes of the bcrypt kind. */
export function bcryptModule(): typeof import('bcryptjs') {
  const loaded: { readonly default?: typeof import('bcryptjs') } & typeof import('bcryptjs') = load('bcryptjs');
  return loaded.default ?? loaded;
}

/** RE2, whose matching takes linear time. */
export function re2Module(): typeof import('re2js') {
  return load('re2js');
}

/** The parser of Handlebars, without the rest of it. Its types are those of handlebars/parse.ts. */
export function handlebarsParserModule(): unknown {
  return load('handlebars/dist/cjs/handlebars/compiler/base');
}
