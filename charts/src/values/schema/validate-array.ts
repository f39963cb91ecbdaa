/** The keywords of arrays. */
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { count, type Finding } from './findings.ts';
import { canonicalText } from './json-value.ts';
import type { SchemaCheck } from './schema-check.ts';
import type { SchemaNode } from './schema-node.ts';

export function checkArray(check: SchemaCheck, array: readonly GoValue[]): void {
  const { node } = check;
  if (node.minItems !== undefined && array.length < node.minItems) {
    check.report(`minItems: got ${count(array.length)}, want ${count(node.minItems)}`);
  }
  if (node.maxItems !== undefined && array.length > node.maxItems) {
    check.report(`maxItems: got ${count(array.length)}, want ${count(node.maxItems)}`);
  }
  if (node.uniqueItems) checkUnique(check, array);
  const prefix = Math.min(node.prefix.length, array.length);
  node.prefix.slice(0, prefix).forEach((schema, i) => {
    check.add(check.child(schema, array[i], String(i)));
  });
  if (node.items !== undefined) checkRest(check, node.items, { array, from: prefix });
  if (node.additionalItems === false && prefix !== array.length) {
    check.report(`last ${count(array.length - prefix)} additionalItem(s) not allowed`);
  } else if (typeof node.additionalItems === 'object') {
    checkRest(check, node.additionalItems, { array, from: prefix });
  }
  if (node.contains !== undefined) checkContains(check, node.contains, array);
}

function checkRest(
  check: SchemaCheck,
  schema: SchemaNode,
  { array, from }: { readonly array: readonly GoValue[]; readonly from: number },
): void {
  for (let i = from; i < array.length; i++) check.add(check.child(schema, array[i], String(i)));
}

function checkUnique(check: SchemaCheck, array: readonly GoValue[]): void {
  const seen = new Map<string, number>();
  for (const [i, item] of array.entries()) {
    const text = canonicalText(item);
    const first = seen.get(text);
    if (first !== undefined) {
      check.report(`items at ${count(first)} and ${count(i)} are equal`);
      return;
    }
    seen.set(text, i);
  }
}

function checkContains(check: SchemaCheck, schema: SchemaNode, array: readonly GoValue[]): void {
  const { node } = check;
  const causes: Finding[] = [];
  const matched: number[] = [];
  for (const [i, item] of array.entries()) {
    const finding = check.child(schema, item, String(i));
    if (finding !== undefined) {
      causes.push(finding);
      continue;
    }
    matched.push(i);
    if (node.version >= 2020) check.unevaluatedItems?.delete(i);
  }
  const found = `matched ${count(matched.length)} items at ${matched.join(' ')}`;
  if (node.minContains !== undefined) {
    if (matched.length < node.minContains) {
      const but = matched.length === 0 ? 'none matched' : found;
      check.report(`min ${count(node.minContains)} items required to match contains schema, but ${but}`, causes);
    }
  } else if (matched.length === 0) {
    check.report('no items match contains schema', causes);
  }
  if (node.maxContains !== undefined && matched.length > node.maxContains) {
    check.report(`max ${count(node.maxContains)} items required to match contains schema, but ${found}`);
  }
}
