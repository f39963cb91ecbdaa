/**
 * Values that only functions look into: those of the apiserver's own types.
 */
import type { CelType } from '../types.ts';
import { isOpaque, type Opaque, type Value } from '../values.ts';

export interface OpaqueValue<T> extends Opaque {
  readonly content: T;
}

/** How values of a type are made and known again. */
export interface OpaqueKind<T> {
  make(content: T): OpaqueValue<T>;
  read(value: Value | undefined): T | undefined;
}

export function opaqueKind<T>(
  type: CelType,
  equal: (a: T, b: T) => boolean,
  size?: (content: T) => number,
): OpaqueKind<T> {
  const read = (value: Value | undefined): T | undefined =>
    value !== undefined && isOpaque(value) && value.type === type ? (value as OpaqueValue<T>).content : undefined;
  return {
    make: (content) => ({
      isOpaque: true,
      type,
      content,
      equals: (other) => {
        const right = read(other);
        return right !== undefined && equal(content, right);
      },
      ...(size === undefined ? {} : { size: size(content) }),
    }),
    read,
  };
}
