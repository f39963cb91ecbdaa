/** Rules of values.yaml, with the texts of Helm v4.3 (pkg/chart/v2/lint/rules/values.go). Subcharts do not count here. */

import { messageOf } from '../chart/chart-error.ts';
import { anything, decode, isBadYaml, mapOf } from '../chart/go-decode.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import { coalesceTables, type Warn } from '../values/coalesce.ts';
import { type SchemaFiles, validateSchema } from '../values/schema.ts';
import { copyValues, type Values } from '../values/values.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { ChartFolder } from './chart-folder.ts';
import type { Finding } from './finding.ts';
import { lineOfPath, type YamlPath } from './yaml-lines.ts';

const FILE = 'values.yaml';

interface GivenValues {
  readonly values: Values;
  readonly skipSchemaValidation: boolean;
  readonly warn?: Warn;
  readonly schemaFiles?: SchemaFiles | undefined;
}

/** The findings about values.yaml with a user's values over it. */
export function lintValues(folder: ChartFolder, given: GivenValues): Finding[] {
  if (folder.kind(FILE) === undefined) {
    return [{ rule: 'values-file', severity: 'info', path: FILE, message: 'file does not exist', file: FILE }];
  }
  const problem = problemOf(folder, given);
  return problem === undefined
    ? []
    : [
        {
          rule: 'values-valid',
          severity: 'error',
          path: FILE,
          message: problem.message,
          file: FILE,
          line: problem.line,
        },
      ];
}

interface Problem {
  readonly message: string;
  readonly line: number;
}

function problemOf(folder: ChartFolder, given: GivenValues): Problem | undefined {
  let text: string;
  let defaults: Values;
  try {
    text = goString(folder.read(FILE));
    const parsed = parseYaml(text);
    decode(parsed, mapOf(anything));
    defaults = parsed instanceof Map ? parsed : new Map();
  } catch (error) {
    const reason = isBadYaml(error)
      ? error.message.replace('of type map[string]interface {}', 'of type common.Values')
      : messageOf(error);
    const line = 'line' in Object(error) && isBadYaml(error) && 'line' in error ? error.line : 0;
    return { message: `unable to parse YAML: ${reason}`, line: Math.max(1, line) };
  }
  const warn = given.warn ?? (() => {});
  const overrides = coalesceTables(new Map(), copyValues(given.values), warn);
  const values = coalesceTables(overrides, defaults, warn);
  if (folder.kind('values.schema.json') !== 'file' || given.skipSchemaValidation) return undefined;
  const schema = folder.read('values.schema.json');
  if (schema.length === 0) return undefined;
  const findings = validateSchema(values, schema, { chart: '', files: given.schemaFiles }).replace(/^:\n/, '');
  if (findings === '') return undefined;
  return { message: findings, line: lineOfPath(text.split('\n'), pathOf(findings)) };
}

/** The place that the first finding of a schema names, `- at '/image/tag': ...`. */
function pathOf(findings: string): YamlPath {
  const pointer = /^\s*- at '([^']*)'/m.exec(findings)?.[1] ?? '';
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
