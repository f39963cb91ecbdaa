/** How large an object may be: etcd takes requests of 1.5 MiB, and stores built-in kinds as protobuf. */
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { encodeProtobuf } from '../schema/protobuf-encode.ts';
import type { WriteRequest } from './request.ts';

export const MAX_OBJECT = 1.5 * 1024 * 1024;

/** Throws RequestEntityTooLarge with etcd's words; upstream hands etcd's error on as one of its own, 500. */
export function checkSize(request: WriteRequest, object: KubeObject): void {
  if (request.mayBeLarge !== true) return;
  if (Buffer.byteLength(JSON.stringify(object)) <= MAX_OBJECT) return;
  const stored = request.resource.custom ? undefined : encodeProtobuf(object);
  if (stored !== undefined && stored.length <= MAX_OBJECT) return;
  throw new ApiError('RequestEntityTooLarge', 'etcdserver: request is too large');
}
