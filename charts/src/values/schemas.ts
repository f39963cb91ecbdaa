/**
 * Checks all values of a chart tree against the values.schema.json of each chart. Follows Helm v4's
 * pkg/chart/common/util/jsonschema.go: every chart's findings are reported together.
 */
import { ChartError } from '../chart/chart-error.ts';
import { typeName } from '../engine/gotemplate/go-types.ts';
import type { ChartNode } from './chart-tree.ts';
import type { Warn } from './coalesce.ts';
import { type SchemaFiles, validateSchema } from './schema.ts';
import { isTable, type Values } from './values.ts';

export interface SchemaCheck {
  /** Told of the steps. */
  readonly debug?: Warn | undefined;
  /** Absent, no file can be referred to. */
  readonly files?: SchemaFiles | undefined;
}

/** Throws ChartError SchemaViolation with what each chart's schema finds wrong. */
export function checkSchemas(root: ChartNode, values: Values, about: SchemaCheck = {}): void {
  const findings = findingsOf(root, values, about);
  if (findings === '') return;
  const message = `values don't meet the specifications of the schema(s) in the following chart(s):\n${findings}`;
  throw new ChartError('SchemaViolation', message, { chart: root.metadata.name });
}

function findingsOf(node: ChartNode, values: Values, about: SchemaCheck): string {
  const { debug } = about;
  let findings = '';
  const { schema } = node.chart;
  const chart = node.metadata.name;
  if (schema !== undefined) {
    debug?.({ level: 'DEBUG', message: 'chart name', attributes: { 'chart-name': chart } });
    if (debug !== undefined) debugSchema(schema, debug);
    findings += validateSchema(values, schema, { chart, files: about.files });
  }
  const count = String(node.dependencies.length);
  debug?.({
    level: 'DEBUG',
    message: 'number of dependencies in the chart',
    attributes: { chart, dependencies: count },
  });
  for (const subchart of node.dependencies) {
    const { name } = subchart.metadata;
    const own = values.get(name);
    if (own === null || own === undefined) continue;
    if (isTable(own)) findings += findingsOf(subchart, own, about);
    else findings += `${name}:\ninvalid type for values: expected object (map), got ${typeName(own)}\n`;
  }
  return findings;
}

/** Helm logs the bytes of a schema that is JSON. */
function debugSchema(schema: Uint8Array, debug: Warn): void {
  const text = new TextDecoder().decode(schema);
  try {
    JSON.parse(text);
  } catch {
    return;
  }
  debug({ level: 'DEBUG', message: 'unmarshalled JSON schema', attributes: { schema: text } });
}
