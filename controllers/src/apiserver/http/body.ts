/**
 * Bodies of requests: at most 3 MiB, JSON, YAML or Kubernetes protobuf, as one object.
 */
import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { badRequest } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { decodeProtobuf } from '../schema/protobuf.ts';
import { parseJson } from './json-parser.ts';

export const MAX_BODY = 3 * 1024 * 1024;

/** Reads a body. Throws RequestEntityTooLarge. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) {
        reject(new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`));
        request.resume();
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

export interface ParsedBody {
  readonly value: JsonObject;
  readonly duplicates: readonly string[];
}

/** The object in a body; undefined for none. `strict` looks for duplicates. Throws BadRequest, UnsupportedMediaType. */
export function parseBody(bytes: Buffer, contentType: string | undefined, strict: boolean): ParsedBody | undefined {
  if (bytes.length === 0) return undefined;
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return { value: decodeProtobuf(bytes), duplicates: [] };
  const text = bytes.toString('utf8');
  const { value, duplicates } = type.includes('yaml') ? fromYaml(text) : fromJson(text, strict, type);
  if (!isObject(value))
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${describe(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  return { value, duplicates };
}

/** A patch, which may be a list. */
export function parsePatchBody(bytes: Buffer, contentType: string): unknown {
  const text = bytes.toString('utf8');
  return contentType.includes('yaml') ? fromYaml(text).value : fromJson(text, false, contentType).value;
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function fromJson(text: string, strict: boolean, type: string): { value: unknown; duplicates: readonly string[] } {
  if (type !== '' && !type.includes('json') && type !== 'application/x-www-form-urlencoded' && type !== 'text/plain') {
    throw new ApiError(
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  try {
    return strict ? parseJson(text) : { value: JSON.parse(text), duplicates: [] };
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : 'malformed'}`,
    );
  }
}

function fromYaml(text: string): { value: unknown; duplicates: readonly string[] } {
  const duplicates: string[] = [];
  try {
    // Aliases are bounded, so that a small text can't become a large object.
    return {
      value: parseYaml(text, { maxAliasCount: 100, version: '1.1', merge: true, uniqueKeys: false, strict: false }),
      duplicates,
    };
  } catch (error) {
    throw badRequest(
      `error converting YAML to JSON: ${error instanceof Error ? error.message.split('\n')[0] : 'malformed'}`,
    );
  }
}
