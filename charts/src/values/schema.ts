/**
 * values.schema.json: JSON Schema of drafts 4, 6, 7, 2019-09 and 2020-12, with the texts that Helm v4.3 prints
 * (pkg/chart/common/util/jsonschema.go over santhosh-tekuri/jsonschema v6.0.3). Patterns are RE2's, so no value can
 * make one run away; references outside the document are refused, as rendering has no network, unless the caller reads
 * what they lead to.
 */
import { FunctionError } from '../engine/functions/function.ts';
import { decodeJson } from '../engine/functions/json-decode.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { compileSchema } from './schema/compile.ts';
import { locationText, SchemaDocument, SchemaDocuments } from './schema/documents.ts';
import type { Draft } from './schema/drafts.ts';
import { isPlainSchema } from './schema/plain-schema.ts';
import { SchemaError } from './schema/schema-error.ts';
import type { SchemaNode } from './schema/schema-node.ts';
import { findProblems } from './schema/validate.ts';

/**
 * The bytes that a schema's `$ref` leads to: of a file by its path, of http and https by the URL. Throws an Error with
 * Go's text where they cannot be read.
 */
export type SchemaFiles = (address: string) => Uint8Array;

const ADDRESS = 'file:///values.schema.json';

/**
 * What a chart's schema finds wrong with its values, as Helm lists it: the chart's name, a line for each finding.
 * Empty when nothing is wrong. A schema that cannot be used is a finding, too.
 */
export function validateSchema(
  values: Map<string, GoValue>,
  schema: Uint8Array,
  { chart, files }: { readonly chart: string; readonly files?: SchemaFiles | undefined },
): string {
  const problem = problemsOf(values, schema, files);
  return problem === undefined ? '' : `${chart}:\n${problem}`;
}

function problemsOf(values: GoValue, schema: Uint8Array, files: SchemaFiles | undefined): string | undefined {
  try {
    const findings = findProblems(files === undefined ? compiled(schema) : compile(schema, files), values);
    return findings === undefined ? undefined : `${findings}\n`;
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    // Values and schemas that nest deeper than the stack.
    if (error instanceof RangeError) return 'unable to validate schema: nested too deep';
    throw error;
  }
}

/** Compiled schemas by the bytes they came from, as long as a chart holds those: bytes of charts never change. */
const compiledSchemas = new WeakMap<Uint8Array, SchemaNode>();

function compiled(bytes: Uint8Array): SchemaNode {
  const known = compiledSchemas.get(bytes);
  if (known !== undefined) return known;
  const node = compile(bytes);
  compiledSchemas.set(bytes, node);
  return node;
}

function compile(bytes: Uint8Array, files?: SchemaFiles): SchemaNode {
  const document = new SchemaDocument(ADDRESS, readJson(goString(bytes)));
  const documents = new SchemaDocuments(
    files === undefined ? undefined : { read: (address) => readOther(address, files), check: checkDocument },
  );
  documents.add(document);
  checkDocument(document);
  return compileSchema({ document, pointer: '' }, { documents, assertFormat: false });
}

function readOther(address: string, files: SchemaFiles): GoValue {
  let bytes: Uint8Array;
  try {
    bytes = files(address);
  } catch (error) {
    throw new SchemaError(error instanceof Error ? error.message : String(error));
  }
  return readJson(goString(bytes));
}

/** Throws SchemaError for what the meta-schema refuses. */
function checkDocument(document: SchemaDocument): void {
  const { draft } = document.resourceOf('');
  const problem = isPlainSchema(document.value, draft) ? undefined : findProblems(metaSchema(draft), document.value);
  if (problem === undefined) return;
  const { url } = draft;
  throw new SchemaError(
    `"${locationText(document.url, '')}" is not valid against metaschema: jsonschema validation failed with '${url}#'\n${problem}`,
  );
}

/** A stream of one value, whose errors differ a little from those of a text. */
function readJson(text: string): GoValue {
  try {
    return decodeJson(text).value;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    if (error.message === 'unexpected end of JSON input') {
      throw new SchemaError(text.trim() === '' ? 'EOF' : 'unexpected EOF');
    }
    throw new SchemaError(error.message.replace(/^(invalid character) .* (after top-level value)$/, '$1 $2'));
  }
}

/** Compiled when first asked for: they never change. */
const metaSchemas = new Map<string, SchemaNode>();

function metaSchema(draft: Draft): SchemaNode {
  const known = metaSchemas.get(draft.url);
  if (known !== undefined) return known;
  const documents = new SchemaDocuments();
  const location = { document: documents.open(draft.url), pointer: '' };
  const node = compileSchema(location, { documents, assertFormat: true });
  metaSchemas.set(draft.url, node);
  return node;
}
