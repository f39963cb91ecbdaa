/** A compiled schema: its keywords, parsed once, with references as links to other nodes. */

import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import type { Format } from './formats.ts';
import type { SchemaPattern } from './schema-pattern.ts';

export interface SchemaNode {
  /** Its absolute address. */
  readonly location: string;
  readonly version: number;
  /** `true` or `false` in place of an object. */
  bool?: boolean;
  /** The node of the resource that it belongs to. */
  resource: SchemaNode;
  dynamicAnchors: Map<string, SchemaNode>;
  dynamicAnchor: string;
  recursiveAnchor: boolean;
  ref?: SchemaNode;
  recursiveRef?: SchemaNode;
  dynamicRef?: { readonly node: SchemaNode; readonly anchor: string };

  types?: readonly string[];
  constant?: { readonly value: GoValue };
  values?: readonly GoValue[];
  format?: { readonly name: string; readonly check: Format };

  allOf: readonly SchemaNode[];
  anyOf: readonly SchemaNode[];
  oneOf: readonly SchemaNode[];
  not?: SchemaNode;
  condition?: {
    readonly test: SchemaNode;
    readonly pass: SchemaNode | undefined;
    readonly fail: SchemaNode | undefined;
  };

  minProperties?: number;
  maxProperties?: number;
  required: readonly string[];
  properties: ReadonlyMap<string, SchemaNode>;
  patternProperties: readonly { readonly pattern: SchemaPattern; readonly node: SchemaNode }[];
  additionalProperties?: boolean | SchemaNode;
  propertyNames?: SchemaNode;
  dependencies: ReadonlyMap<string, readonly string[] | SchemaNode>;
  dependentRequired: ReadonlyMap<string, readonly string[]>;
  dependentSchemas: ReadonlyMap<string, SchemaNode>;
  unevaluatedProperties?: SchemaNode;

  minItems?: number;
  maxItems?: number;
  uniqueItems: boolean;
  /** `prefixItems`, or the list form of `items` before 2020-12. */
  prefix: readonly SchemaNode[];
  /** `items` for all (that follow the prefix, from 2020-12 on). */
  items?: SchemaNode;
  additionalItems?: boolean | SchemaNode;
  contains?: SchemaNode;
  minContains?: number;
  maxContains?: number;
  unevaluatedItems?: SchemaNode;

  minLength?: number;
  maxLength?: number;
  pattern?: SchemaPattern;

  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;

  /** The keywords beside leave nothing unevaluated. */
  evaluatesAllProperties: boolean;
  evaluatesAllItems: boolean;
}
