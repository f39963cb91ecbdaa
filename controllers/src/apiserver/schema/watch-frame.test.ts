import { expect, test } from 'vitest';
import { decodeProtobuf } from './protobuf.ts';
import { encodeWatchFrame } from './watch-frame.ts';
import { fieldsOf } from './wire.ts';

test('an event of a watch stands behind its length, and its object is a message like any other', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } };
  const frame = encodeWatchFrame('ADDED', object) ?? new Uint8Array(4);
  expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4);
  const [type, raw] = [...fieldsOf(frame.subarray(4))];
  expect(new TextDecoder().decode(type?.bytes)).toBe('ADDED');
  const [message] = [...fieldsOf(raw?.bytes ?? new Uint8Array(0))];
  expect(decodeProtobuf(message?.bytes ?? new Uint8Array(0))).toMatchObject(object);
});

test('an object without a message makes no event', () => {
  expect(encodeWatchFrame('ADDED', { apiVersion: 'example.com/v1', kind: 'Widget' })).toBeUndefined();
});
