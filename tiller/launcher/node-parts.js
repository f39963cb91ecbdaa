/**
 * The few things that a quick command needs of node:v8, node:zlib and node:crypto, without those modules: they load
 * every kind of stream and cipher with them, which takes as long as many a render. The parts are Node's internal ones,
 * as process.binding hands them out, so they are only used on the very version of Node on which the build tried them;
 * all others, and whatever is out of the ordinary, get the modules.
 */

/** The version of Node on which try-out.js went well: set where the launcher is bundled. */
const triedOn = typeof TRIED_ON === 'undefined' ? undefined : TRIED_ON;

/** zlib's constants for a whole gzip file at once. */
const GUNZIP = 4;
const Z_FINISH = 4;
const WINDOW_BITS = 15;
const MEMORY_LEVEL = 8;

/** node:crypto's `hash` takes the algorithm's number, or this for none; and the number of an encoding for a name. */
const NO_ID = -1;
const HEX = 5;

const parts = triedOn === process.version ? internalParts() : undefined;

/** As node:v8's setFlagsFromString. */
function setFlags(flags) {
  const { setFlagsFromString } = parts?.v8 ?? require('node:v8');
  setFlagsFromString(flags);
}

/** A module of Node, its parts that are here before those that load it. */
function nodeModule(id) {
  const own = parts && ownParts[id];
  return own ? new Proxy(own, { get: (_, name) => own[name] ?? require(id)[name] }) : require(id);
}

const ownParts = {
  'node:zlib': {
    gunzipSync(bytes, options) {
      return inflateWhole(parts.zlib, bytes, options.chunkSize) ?? require('node:zlib').gunzipSync(bytes, options);
    },
  },
  'node:crypto': {
    hash(algorithm, bytes, encoding) {
      if (encoding !== 'hex') return require('node:crypto').hash(algorithm, bytes, encoding);
      parts.crypto ??= binding('crypto');
      return digestInHex(parts.crypto, algorithm, bytes);
    },
  },
};

function digestInHex(crypto, algorithm, bytes) {
  return crypto.oneShotDigest(algorithm, NO_ID, crypto.getCachedAliases(), bytes, 'hex', HEX);
}

/** What a gzip file holds if that is exactly a byte less than `size` and the file is sound; else undefined. */
function inflateWhole(zlib, bytes, size) {
  const inflated = new Uint8Array(size);
  const left = new Uint32Array(2);
  let failed = false;
  const stream = new zlib.Zlib(GUNZIP);
  stream.onerror = () => {
    failed = true;
  };
  stream.init(WINDOW_BITS, 0, MEMORY_LEVEL, 0, left, () => {}, undefined);
  stream.writeSync(Z_FINISH, bytes, 0, bytes.length, inflated, 0, size);
  stream.close();
  const [outputLeft, inputLeft] = left;
  return !failed && outputLeft === 1 && inputLeft === 0 ? inflated.subarray(0, size - 1) : undefined;
}

function internalParts() {
  return { v8: binding('v8'), zlib: binding('zlib'), crypto: undefined };
}

function binding(name) {
  const { noDeprecation } = process;
  // That the bindings may go is provided for; their warning is not for those who run drydock.
  process.noDeprecation = true;
  try {
    return process.binding(name);
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

module.exports = { binding, digestInHex, inflateWhole, internalParts, nodeModule, setFlags };
