/** A compiled schema: its keywords, parsed once, with references as links to other nodes. */

import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { type Location, locationText } from './documents.ts';
import type { Format } from './formats.ts';
import type { SchemaPattern } from './schema-pattern.ts';

/** The absolute address of a schema. */
export function locationOf({ place: { document, pointer } }: SchemaNode): string {
  return locationText(document.url, pointer);
}

export interface SchemaNode {
  readonly place: Location;
  readonly version: number;
  /** `true` or `false` in place of an object. */
  bool?: boolean | undefined;
  /** The node of the resource that it belongs to. */
  resource: SchemaNode;
  dynamicAnchors: Map<string, SchemaNode>;
  dynamicAnchor: string;
  recursiveAnchor: boolean;
  ref?: SchemaNode | undefined;
  recursiveRef?: SchemaNode | undefined;
  dynamicRef?: { readonly node: SchemaNode; readonly anchor: string } | undefined;

  types?: readonly string[] | undefined;
  constant?: { readonly value: GoValue } | undefined;
  values?: readonly GoValue[] | undefined;
  format?: { readonly name: string; readonly check: Format } | undefined;

  allOf: readonly SchemaNode[];
  anyOf: readonly SchemaNode[];
  oneOf: readonly SchemaNode[];
  not?: SchemaNode | undefined;
  condition?:
    | { readonly test: SchemaNode; readonly pass: SchemaNode | undefined; readonly fail: SchemaNode | undefined }
    | undefined;

  minProperties?: number | undefined;
  maxProperties?: number | undefined;
  required: readonly string[];
  properties: ReadonlyMap<string, SchemaNode>;
  patternProperties: readonly { readonly pattern: SchemaPattern; readonly node: SchemaNode }[];
  additionalProperties?: boolean | SchemaNode | undefined;
  propertyNames?: SchemaNode | undefined;
  dependencies: ReadonlyMap<string, readonly string[] | SchemaNode>;
  dependentRequired: ReadonlyMap<string, readonly string[]>;
  dependentSchemas: ReadonlyMap<string, SchemaNode>;
  unevaluatedProperties?: SchemaNode | undefined;

  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems: boolean;
  /** `prefixItems`, or the list form of `items` before 2020-12. */
  prefix: readonly SchemaNode[];
  /** `items` for all (that follow the prefix, from 2020-12 on). */
  items?: SchemaNode | undefined;
  additionalItems?: boolean | SchemaNode | undefined;
  contains?: SchemaNode | undefined;
  minContains?: number | undefined;
  maxContains?: number | undefined;
  unevaluatedItems?: SchemaNode | undefined;

  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: SchemaPattern | undefined;

  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  multipleOf?: number | undefined;

  /** The keywords beside leave nothing unevaluated. */
  evaluatesAllProperties: boolean;
  evaluatesAllItems: boolean;
}
