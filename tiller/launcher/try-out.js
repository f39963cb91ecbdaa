/**
 * Fails unless the internal parts of Node do here what its modules do. They may end the process as well, so the build
 * runs this in one of its own.
 */
const { createHash } = require('node:crypto');
const { gzipSync } = require('node:zlib');
const { binding, digestInHex, inflateWhole, internalParts } = require('./node-parts.js');

const { v8, zlib } = internalParts();
v8.setFlagsFromString('--interrupt-budget=67584');
const crypto = binding('crypto');
const text = Buffer.from('drydock'.repeat(5000));
const packed = gzipSync(text);
const checks = [
  Buffer.compare(inflateWhole(zlib, packed, text.length + 1) ?? Buffer.alloc(0), text) === 0,
  inflateWhole(zlib, packed, text.length) === undefined,
  inflateWhole(zlib, packed, text.length + 2) === undefined,
  inflateWhole(zlib, packed.subarray(0, -4), text.length + 1) === undefined,
  inflateWhole(zlib, Buffer.concat([packed, packed]), text.length + 1) === undefined,
  ...['sha1', 'sha256', 'sha512'].map(
    (algorithm) => digestInHex(crypto, algorithm, text) === createHash(algorithm).update(text).digest('hex'),
  ),
];
if (checks.includes(false)) throw new Error(`internal parts of Node differ: ${checks}`);
