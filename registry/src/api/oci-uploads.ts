/** Uploads of blobs by the OCI distribution specification: whole in one request or two, in parts, or mounted. */
import type { Request } from 'express';
import { RegistryError } from '../errors.ts';
import { parseRepository } from '../oci/reference.ts';
import type { OciContext } from './oci.ts';

/** POST: starts an upload; with `digest` takes the blob whole; with `mount` takes it from another repository. */
export async function startUpload(context: OciContext): Promise<void> {
  const { registry, bodies, request, response, name, repository } = context;
  const digest = queryText(request, 'digest');
  if (digest !== undefined) {
    await bodies.withBody(request, (bytes) => registry.oci.putBlob(repository, digest, bytes));
    sendCreated(context, digest);
    return;
  }
  const mount = queryText(request, 'mount');
  const from = queryText(request, 'from');
  if (mount !== undefined && from !== undefined) {
    const source = parseRepository(from, repository.space);
    if (await registry.oci.mountBlob(repository, mount, source)) {
      sendCreated(context, mount);
      return;
    }
  }
  const id = await registry.oci.uploads.start(repository.name);
  response.set({ Location: `/v2/${name}/blobs/uploads/${id}`, Range: '0-0', 'Docker-Upload-UUID': id });
  response.status(202).end();
}

/** GET: how far the upload is. */
export async function tellUpload(context: OciContext): Promise<void> {
  const { registry, repository, reference, response } = context;
  setProgress(context, await registry.oci.uploads.size(repository.name, reference));
  response.status(204).end();
}

/** PATCH: adds a part, which `Content-Range` may place. */
export async function appendUpload(context: OciContext): Promise<void> {
  const { registry, bodies, request, response, repository, reference } = context;
  const offset = readOffset(request);
  const size = await bodies.withBody(request, (bytes) =>
    registry.oci.uploads.append(repository.name, reference, { bytes, ...(offset === undefined ? {} : { offset }) }),
  );
  setProgress(context, size);
  response.status(202).end();
}

/** PUT: adds a last part, if there is one, and makes the blob of the digest out of all. */
export async function finishUpload(context: OciContext): Promise<void> {
  const { registry, bodies, request, repository, reference } = context;
  const { uploads } = registry.oci;
  const digest = queryText(request, 'digest');
  if (digest === undefined) {
    throw new RegistryError('DigestInvalid', 'query parameter digest is missing');
  }
  const offset = readOffset(request);
  await bodies.withBody(request, async (bytes) => {
    const size = await uploads.size(repository.name, reference);
    if (offset !== undefined && offset !== size) {
      throw new RegistryError('RangeInvalid', `the part begins at ${offset}, but the upload ends at ${size}`);
    }
    const before = size === 0 ? Buffer.alloc(0) : await uploads.read(repository.name, reference);
    await registry.oci.putBlob(repository, digest, size === 0 ? bytes : Buffer.concat([before, bytes]));
  });
  await uploads.delete(repository.name, reference);
  sendCreated(context, digest);
}

function sendCreated({ response, name }: OciContext, digest: string): void {
  response.set({ Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest });
  response.status(201).end();
}

function setProgress({ response, name, reference }: OciContext, size: number): void {
  response.set({
    Location: `/v2/${name}/blobs/uploads/${reference}`,
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': reference,
  });
}

/** Where the part begins, by `Content-Range: START-END`. Throws RangeInvalid. */
function readOffset(request: Request): number | undefined {
  const range = request.get('content-range');
  if (range === undefined) {
    return undefined;
  }
  const [, start, end] = /^(?:bytes[ =])?([0-9]{1,15})-([0-9]{1,15})(?:\/.*)?$/.exec(range) ?? [];
  if (start === undefined || end === undefined || Number(end) < Number(start)) {
    throw new RegistryError('RangeInvalid', `content-range ${JSON.stringify(range.slice(0, 50))} is not START-END`);
  }
  return Number(start);
}

function queryText(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  return typeof value === 'string' ? value : undefined;
}
