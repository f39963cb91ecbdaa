/**
 * GnuPG's keybox (pubring.kbx, since 2.1): blobs with a length, a type and, those of OpenPGP, the place of a key's
 * packets within. What counts and what is passed over follows Helm v4.3's pkg/provenance/keybox.go.
 */
import { ChartError } from '../chart/chart-error.ts';

const OPENPGP_BLOB = 2;
/** What GnuPG itself does not count as part of the keyring. */
const EPHEMERAL = 0x0002;
const MIN_BLOB = 5;
const OPENPGP_HEADER = 16;

export function isKeybox(data: Uint8Array): boolean {
  return data.length >= 12 && data[4] === 1 && Buffer.from(data.subarray(8, 12)).toString('latin1') === 'KBXf';
}

/** The packets of each key. Throws ChartError InvalidKeyring. */
export function keyboxKeys(data: Uint8Array): Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const keys: Uint8Array[] = [];
  for (let offset = 0; offset < data.length; ) {
    const left = data.length - offset;
    if (left < MIN_BLOB) throw broken(`truncated blob header at offset ${offset}`);
    const length = view.getUint32(offset);
    if (length < MIN_BLOB) throw broken(`invalid blob length ${length} at offset ${offset}`);
    if (length > left) {
      throw broken(`blob at offset ${offset} has length ${length} exceeding the ${left} remaining bytes`);
    }
    if (data[offset + 4] === OPENPGP_BLOB) {
      if (length < OPENPGP_HEADER) throw broken(`OpenPGP blob at offset ${offset} is too short`);
      const [start, size] = [view.getUint32(offset + 8), view.getUint32(offset + 12)];
      if (start + size > length) throw broken(`OpenPGP blob at offset ${offset} has an out-of-range keyblock`);
      const isEphemeral = (view.getUint16(offset + 6) & EPHEMERAL) !== 0;
      if (!isEphemeral) keys.push(data.subarray(offset + start, offset + start + size));
    }
    offset += length;
  }
  if (keys.every((key) => key.length === 0)) throw broken('keybox contains no OpenPGP keys');
  return keys;
}

function broken(message: string): ChartError {
  return new ChartError('InvalidKeyring', message);
}
