/**
 * Events of watches in protobuf (apimachinery's pkg/runtime/serializer/streaming, v1.34): each is a WatchEvent behind its
 * length, whose object is a message in the envelope of all others.
 */
import { isObject } from '../../apimachinery/json.ts';
import { encodeProtobuf } from './protobuf-encode.ts';
import { MessageBytes } from './wire.ts';

/** One event; undefined where the object has no message. */
export function encodeWatchFrame(type: string, object: unknown): Uint8Array | undefined {
  const raw = isObject(object) ? encodeProtobuf(object) : undefined;
  if (raw === undefined) return undefined;
  const extension = new MessageBytes();
  extension.field(1, raw);
  const event = new MessageBytes();
  event.string(1, type);
  event.field(2, extension.result());
  const bytes = event.result();
  const frame = new Uint8Array(4 + bytes.length);
  new DataView(frame.buffer).setUint32(0, bytes.length);
  frame.set(bytes, 4);
  return frame;
}
