/**
 * /openapi/v2 and /openapi/v3 (kube-openapi's handler and handler3, v1.34): documents with their hash as ETag, so that
 * clients need not read again what they know.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from '../core.ts';
import { type OpenApiDocument, openApiV2, openApiV3Document, openApiV3Index } from '../openapi/documents.ts';
import { type MediaRange, matches } from './negotiate.ts';
import { sendBytes, sendText, singleHeader } from './write-answer.ts';

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** The name it had before, which is none by the rules of media types. */
const OLD_PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const JSON_TYPE = 'application/json';

export interface OpenApiRequest {
  readonly ranges: readonly MediaRange[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The hash in the query: what the client has read of in the index. */
  readonly hash: string;
}

export async function answerOpenApi(core: Core, path: string, asked: OpenApiRequest): Promise<void> {
  const { request, response } = asked;
  if (path === '/openapi/v3') {
    const bytes = Buffer.from(JSON.stringify(await openApiV3Index(core)));
    sendBytes(request, response, { status: 200, bytes, headers: { 'Content-Type': JSON_TYPE } });
    return;
  }
  if (path === '/openapi/v2') {
    const type = choose(asked.ranges, [JSON_TYPE, PROTOBUF_V2, OLD_PROTOBUF_V2]);
    if (type === undefined) refuse(response, 406);
    else if (type === JSON_TYPE) sendDocument(asked, await openApiV2(core, 'json'), type);
    else sendDocument(asked, await openApiV2(core, 'protobuf'), PROTOBUF_V2);
    return;
  }
  const document = await openApiV3Document(core, path.slice('/openapi/v3/'.length));
  if (document === undefined) sendText(response, 404, '404 page not found\n');
  else if (choose(asked.ranges, [JSON_TYPE]) === undefined) refuse(response, 406);
  else if (asked.hash !== '' && asked.hash !== document.hash) {
    // To the same path, whatever stands before it.
    response.writeHead(301, { Location: `?hash=${document.hash}`, 'Content-Length': 0, Vary: 'Accept' });
    response.end();
  } else sendDocument(asked, document, JSON_TYPE);
}

function choose(ranges: readonly MediaRange[], offered: readonly string[]): string | undefined {
  if (ranges.length === 0) return JSON_TYPE;
  for (const { type } of ranges) {
    const found = offered.find((known) => matches(type, known));
    if (found !== undefined) return found;
  }
  return undefined;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0, Vary: 'Accept' });
  response.end();
}

function sendDocument({ request, response, hash }: OpenApiRequest, document: OpenApiDocument, type: string): void {
  const tag = `"${document.hash}"`;
  const headers = {
    'Content-Type': type,
    ETag: tag,
    Vary: 'Accept',
    // What is asked for by its hash never changes.
    ...(hash === document.hash ? { 'Cache-Control': 'public, immutable' } : {}),
  };
  if (
    singleHeader(request.headers['if-none-match'])
      ?.split(',')
      .some((one) => one.trim() === tag)
  ) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  sendBytes(request, response, { status: 200, bytes: document.bytes, headers });
}
