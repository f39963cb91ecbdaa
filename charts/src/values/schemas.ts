/**
 * Checks all values of a chart tree against the values.schema.json of each chart. Follows Helm v4's
 * pkg/chart/common/util/jsonschema.go: every chart's findings are reported together.
 */
import { ChartError } from '../chart/chart-error.ts';
import { typeName } from '../engine/gotemplate/go-types.ts';
import type { ChartNode } from './chart-tree.ts';
import { validateSchema } from './schema.ts';
import { isTable, type Values } from './values.ts';

/** Throws ChartError SchemaViolation with what each chart's schema finds wrong. */
export function checkSchemas(root: ChartNode, values: Values): void {
  const findings = findingsOf(root, values);
  if (findings === '') return;
  const message = `values don't meet the specifications of the schema(s) in the following chart(s):\n${findings}`;
  throw new ChartError('SchemaViolation', message, { chart: root.metadata.name });
}

function findingsOf(node: ChartNode, values: Values): string {
  let findings = '';
  const { schema } = node.chart;
  if (schema !== undefined) findings += validateSchema(values, schema, node.metadata.name);
  for (const subchart of node.dependencies) {
    const { name } = subchart.metadata;
    const own = values.get(name);
    if (own === null || own === undefined) continue;
    if (isTable(own)) findings += findingsOf(subchart, own);
    else findings += `${name}:\ninvalid type for values: expected object (map), got ${typeName(own)}\n`;
  }
  return findings;
}
