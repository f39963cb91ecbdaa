/** Forms as multipart/form-data (RFC 7578), read out of a body that is in memory already. */
import { RegistryError } from '../errors.ts';

export interface FormPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly data: Buffer;
}

const maxParts = 16;
const maxHeaderBytes = 8192;
const lineBreak = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');

/** Whether a Content-Type is multipart/form-data. */
export function isForm(contentType: string): boolean {
  return /^multipart\/form-data\b/i.test(contentType);
}

/** The parts in order. Throws BadRequest when the body is not such a form or is cut off. */
export function parseForm(contentType: string, body: Buffer): readonly FormPart[] {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) {
    throw new RegistryError('BadRequest', 'form without a boundary in its content-type');
  }
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  // The first delimiter may stand at the very beginning, without a line break before it.
  let at = body.indexOf(delimiter.subarray(2));
  let next = at === -1 ? -1 : at + delimiter.length - 2;
  while (next !== -1 && body.toString('latin1', next, next + 2) !== '--') {
    const start = body.indexOf(lineBreak, next);
    const end = start === -1 ? -1 : body.indexOf(headerEnd, start);
    at = end === -1 ? -1 : body.indexOf(delimiter, end + headerEnd.length - lineBreak.length);
    if (at === -1 || end - start > maxHeaderBytes || parts.length === maxParts) {
      throw cutOff();
    }
    const headers = body.toString('utf8', start, end);
    parts.push({ ...parseDisposition(headers), data: body.subarray(end + headerEnd.length, at) });
    next = at + delimiter.length;
  }
  if (next === -1) {
    throw cutOff();
  }
  return parts;
}

/** The file of the first of these fields that the form has. Throws BadRequest when it has none of them. */
export function fileOf(parts: readonly FormPart[], ...fields: readonly string[]): Buffer {
  for (const field of fields) {
    const part = parts.find(({ name }) => name === field);
    if (part !== undefined) {
      return part.data;
    }
  }
  const has = parts.map(({ name }) => JSON.stringify(name)).join(', ') || 'no field';
  throw new RegistryError('BadRequest', `form has no field ${fields.join(' or ')} with the package, but ${has}`);
}

function parseDisposition(headers: string): { name: string; fileName: string | undefined } {
  const [, disposition = ''] = /^content-disposition:([^\r\n]*)/im.exec(headers) ?? [];
  const [, name, bareName] = /;\s*name=(?:"([^"]*)"|([^\s";]+))/i.exec(disposition) ?? [];
  const [, fileName, bareFileName] = /;\s*filename=(?:"([^"]*)"|([^\s";]+))/i.exec(disposition) ?? [];
  return { name: name ?? bareName ?? '', fileName: fileName ?? bareFileName };
}

function cutOff(): RegistryError {
  return new RegistryError('BadRequest', 'form is not complete: a boundary is missing, or it has too many parts');
}
