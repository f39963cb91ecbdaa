/**
 * Bodies of requests: at most 3 MiB, JSON, YAML or Kubernetes protobuf, as one object.
 */
import type { IncomingMessage } from 'node:http';
import { parseDocument as parseYamlDocument, visit, YAMLMap } from 'yaml';
import { badRequest } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { decodeProtobuf, ProtobufError } from '../schema/protobuf.ts';
import { parseJson } from './json-parser.ts';
import { isTooDeep, jsonProblem, MAX_DEPTH } from './json-syntax.ts';

export const MAX_BODY = 3 * 1024 * 1024;
const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const TYPE_PROBLEM = "couldn't get version/kind; json parse error: ";
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** How long a body may take to come (milliseconds): as kube-apiserver's --request-timeout. */
const BODY_TIMEOUT = 60_000;

/** Reads a body. Throws RequestEntityTooLarge, and Timeout for one that does not come to its end. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const text = 'Timeout: request did not complete within requested timeout - context deadline exceeded';
    const limit = setTimeout(() => reject(new ApiError('Timeout', text, {})), BODY_TIMEOUT);
    request.on('close', () => clearTimeout(limit));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) {
        reject(new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`));
        request.resume();
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(limit);
      resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

export interface ParsedBody {
  readonly value: JsonObject;
  /** What stands twice: `duplicate field "spec.replicas"`. */
  readonly duplicates: readonly string[];
  /** Where fields stand in the document, by what is said of them; there where something stands twice. */
  readonly order?: ReadonlyMap<string, number>;
}

export interface BodyForm {
  readonly contentType: string | undefined;
  /** Looks for what stands twice. */
  readonly strict: boolean;
  /** What the body must be, for messages. */
  readonly kind: string;
  /** Custom resources have no messages. */
  readonly hasProtobuf: boolean;
}

/** The object in a body. Throws BadRequest, UnsupportedMediaType. */
export function parseBody(bytes: Buffer, form: BodyForm): ParsedBody {
  const type = (form.contentType ?? JSON_TYPE).split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === PROTOBUF && form.hasProtobuf) return fromProtobuf(bytes, form.kind);
  if (type !== JSON_TYPE && type !== YAML_TYPE) {
    const accepted = [JSON_TYPE, YAML_TYPE, ...(form.hasProtobuf ? [PROTOBUF] : [])];
    throw unsupported(accepted);
  }
  const parsed = parseText(bytes, type, form.strict, (problem) => unrecognized(form.kind, problem, bytes));
  const value = parsed.value ?? {};
  if (!isObject(value)) throw unrecognized(form.kind, `${TYPE_PROBLEM}${unfit(value, TYPE_META)}`, bytes);
  for (const field of ['kind', 'apiVersion']) {
    if (value[field] === undefined || value[field] === null || typeof value[field] === 'string') continue;
    const problem = `json: cannot unmarshal ${describe(value[field])} into Go struct field .${field} of type string`;
    throw unrecognized(form.kind, `${TYPE_PROBLEM}${problem}`, bytes);
  }
  return { ...parsed, value };
}

export function unsupported(accepted: readonly string[]): ApiError {
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

function fromProtobuf(bytes: Buffer, kind: string): ParsedBody {
  try {
    return { value: decodeProtobuf(bytes), duplicates: [] };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    if (error.kind === '') throw unrecognized(kind, error.message, bytes);
    const version = error.apiVersion.slice(error.apiVersion.indexOf('/') + 1);
    throw badRequest(`${error.kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
  }
}

/** A body that is not what it should be. */
export function unrecognized(kind: string, problem: string, bytes: Buffer): ApiError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summarize(bytes)})`);
}

/** The beginning of a body that can't be read. */
function summarize(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const begin = bytes.subarray(0, 30);
  const text = bytes[0] === 0x7b ? begin.toString() : begin.toString('hex');
  return bytes.length > 30 ? `${text} ...` : text;
}

export interface ParsedPatch {
  readonly value: unknown;
  readonly duplicates: readonly string[];
}

/** A patch, which may be a list. Throws BadRequest. */
export function parsePatchBody(bytes: Buffer, patchType: string, strict: boolean): ParsedPatch {
  const isYaml = patchType === 'apply';
  const prefix = isYaml
    ? 'error decoding YAML: error converting YAML to JSON: '
    : patchType === 'strategic'
      ? ''
      : 'error decoding patch: ';
  return parseText(bytes, isYaml ? YAML_TYPE : JSON_TYPE, strict, (problem) =>
    badRequest(`${prefix}${problem.replace(TYPE_PROBLEM, '')}`),
  );
}

interface ParsedText extends ParsedPatch {
  readonly order?: ReadonlyMap<string, number>;
}

function parseText(bytes: Buffer, type: string, strict: boolean, failure: (problem: string) => ApiError): ParsedText {
  const text = bytes.toString('utf8');
  if (type === YAML_TYPE) return fromYaml(text, strict, failure);
  if (isTooDeep(text)) throw failure(`${TYPE_PROBLEM}exceeded max depth`);
  try {
    return strict ? parseJson(text) : { value: JSON.parse(text), duplicates: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw failure(`${TYPE_PROBLEM}${jsonProblem(text) ?? error.message}`);
  }
}

/** What Go says of JSON of the wrong type. */
export function unfit(value: unknown, type: string): string {
  return `json: cannot unmarshal ${describe(value)} into Go value of type ${type}`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function fromYaml(text: string, strict: boolean, failure: (problem: string) => ApiError): ParsedText {
  const lines: string[] = [];
  let value: unknown;
  try {
    const document = parseYamlDocument(text, { version: '1.1', merge: true, uniqueKeys: false, strict: false });
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw failure(`yaml: ${goPlace(problem.code, problem.linePos?.[0].line ?? 1, text)}${goProblem(problem.code)}`);
    }
    let depth = 0;
    visit(document, {
      Node(_key, node, path) {
        depth = Math.max(depth, path.length);
        if (strict && node instanceof YAMLMap) lines.push(...repeatedKeys(node, text));
      },
    });
    if (depth > MAX_DEPTH) throw failure('yaml: exceeded max depth');
    // Aliases are bounded, so that a small text can't become a large object.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw failure(`yaml: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'malformed'}`);
  }
  return {
    value: value ?? {},
    duplicates: lines.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${lines.join('\n  ')}`],
  };
}

/** Go's scanner leaves out the first line, and its parser finds out at the end. */
function goPlace(code: string, line: number, text: string): string {
  if (code === 'MISSING_CHAR' || code === 'BAD_INDENT') return `line ${text.trimEnd().split('\n').length}: `;
  return line <= 1 ? '' : `line ${line}: `;
}

/** The words of Go's YAML parser for the commonest mistakes. */
function goProblem(code: string): string {
  if (code === 'TAB_AS_INDENT') return 'found character that cannot start any token';
  if (code === 'BAD_INDENT' || code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'mapping values are not allowed in this context';
  if (code === 'MISSING_CHAR') return 'did not find expected node content';
  return 'could not find expected key';
}

/** `line 4: key "a" already set in map`, as Go's YAML decoder says it. */
function repeatedKeys(map: YAMLMap, text: string): string[] {
  const seen = new Set<string>();
  const out: string[] = [];
  for (const { key } of map.items) {
    if (typeof key !== 'object' || key === null || !('value' in key)) continue;
    const name = String(key.value);
    if (seen.has(name) && 'range' in key && Array.isArray(key.range)) {
      const line = text.slice(0, Number(key.range[0])).split('\n').length;
      out.push(`line ${line}: key ${JSON.stringify(name)} already set in map`);
    }
    seen.add(name);
  }
  return out;
}
