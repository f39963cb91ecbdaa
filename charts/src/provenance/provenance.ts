/**
 * Signed packages: everything of this room that other packages use. Apart from the package's main entry, since the
 * OpenPGP library takes a while to load and is seldom needed.
 */
export { type Keyring, readKeyring } from './keyring.ts';
export { findSigningKey, signProvenance, unlockKey } from './sign.ts';
export { type Evidence, type Verification, verifyProvenance } from './verify.ts';
