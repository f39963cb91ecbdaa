/** The keywords of objects. */
import { sortedKeys } from '../../engine/gotemplate/bytes.ts';
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { count, quote, quoteAll } from './findings.ts';
import type { SchemaCheck } from './schema-check.ts';

export function checkObject(check: SchemaCheck, object: ReadonlyMap<string, GoValue>): void {
  const { node } = check;
  if (node.minProperties !== undefined && object.size < node.minProperties) {
    check.report(`minProperties: got ${count(object.size)}, want ${count(node.minProperties)}`);
  }
  if (node.maxProperties !== undefined && object.size > node.maxProperties) {
    check.report(`maxProperties: got ${count(object.size)}, want ${count(node.maxProperties)}`);
  }
  const missing = missingFrom(object, node.required);
  if (missing.length === 1) check.report(`missing property ${quoteAll(missing)}`);
  if (missing.length > 1) check.report(`missing properties ${quoteAll(missing)}`);
  if (check.quick && check.findings.length > 0) return;
  for (const [key, dependency] of node.dependencies) {
    if (!object.has(key)) continue;
    if ('place' in dependency) check.add(check.self(dependency));
    else checkDependents(check, object, { key, wanted: dependency });
  }
  checkProperties(check, object);
  if (node.version === 4) return;
  if (node.propertyNames !== undefined) {
    for (const key of sortedKeys(object)) check.add(check.name(node.propertyNames, key));
  }
  if (node.version === 6) return;
  for (const [key, schema] of node.dependentSchemas) if (object.has(key)) check.add(check.self(schema));
  for (const [key, wanted] of node.dependentRequired) {
    if (object.has(key)) checkDependents(check, object, { key, wanted });
  }
}

function checkProperties(check: SchemaCheck, object: ReadonlyMap<string, GoValue>): void {
  const { node } = check;
  const additional: string[] = [];
  for (const key of sortedKeys(object)) {
    if (check.quick && check.findings.length > 0) return;
    const value = object.get(key);
    let evaluated = false;
    const schema = node.properties.get(key);
    if (schema !== undefined) {
      evaluated = true;
      check.add(check.child(schema, value, key));
    }
    for (const { pattern, node: each } of node.patternProperties) {
      if (!pattern.isIn(key)) continue;
      evaluated = true;
      check.add(check.child(each, value, key));
    }
    if (!evaluated && node.additionalProperties !== undefined) {
      evaluated = true;
      if (node.additionalProperties === false) additional.push(key);
      else if (node.additionalProperties !== true) check.add(check.child(node.additionalProperties, value, key));
    }
    if (evaluated) check.unevaluatedKeys?.delete(key);
  }
  if (additional.length > 0) check.report(`additional properties ${quoteAll(additional)} not allowed`);
}

function checkDependents(
  check: SchemaCheck,
  object: ReadonlyMap<string, GoValue>,
  { key, wanted }: { readonly key: string; readonly wanted: readonly string[] },
): void {
  const missing = missingFrom(object, wanted);
  if (missing.length > 0) check.report(`properties ${quoteAll(missing)} required, if ${quote(key)} exists`);
}

function missingFrom(object: ReadonlyMap<string, GoValue>, names: readonly string[]): readonly string[] {
  return names.filter((name) => !object.has(name));
}
