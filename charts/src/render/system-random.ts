/**
 * Random bytes of the operating system, as passwords need them. Few are asked for, mostly: the system's device gives
 * those sooner than node:crypto is loaded. Where there is no such device, node:crypto gives them.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { RandomSource } from '../engine/engine.ts';
import { nodeCrypto } from '../engine/functions/lazy-modules.ts';

const DEVICE = '/dev/urandom';
/** More are node:crypto's, which makes them faster once it is there. */
const FEW = 4096;

export const systemRandom: RandomSource = {
  bytes: (count) => (count > FEW ? undefined : readDevice(count)) ?? nodeCrypto().randomBytes(count),
};

/** Undefined where the device is not there or gives too little. */
function readDevice(count: number): Uint8Array | undefined {
  let device: number | undefined;
  try {
    device = openSync(DEVICE, 'r');
    const bytes = new Uint8Array(count);
    return readSync(device, bytes) === count ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (device !== undefined) closeSync(device);
  }
}
