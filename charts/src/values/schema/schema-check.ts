/** What the checks of one kind of value need of the check of a schema that they are part of. */
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import type { Finding } from './findings.ts';
import type { SchemaNode } from './schema-node.ts';

export interface SchemaCheck {
  readonly node: SchemaNode;
  /** Only whether there is a finding matters, not which. */
  readonly quick: boolean;
  readonly findings: readonly Finding[];
  /** Properties and indices that no keyword has looked at; undefined where nobody asks. */
  readonly unevaluatedKeys: Set<string> | undefined;
  readonly unevaluatedItems: Set<number> | undefined;
  add(finding: Finding | undefined): void;
  report(text: string, causes?: readonly Finding[]): void;
  /** Another schema on the same value. */
  self(node: SchemaNode, options?: { keyword?: string; quick?: boolean }): Finding | undefined;
  /** A schema on a part of the value. */
  child(node: SchemaNode, value: GoValue, token: string): Finding | undefined;
  /** A schema on the name of a property. */
  name(node: SchemaNode, key: string): Finding | undefined;
}
