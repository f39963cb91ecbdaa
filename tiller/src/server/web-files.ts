/**
 * The web page's files, held in memory: ETags, a strict content security policy, and index.html for every address that
 * the page's own router knows.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { RequestHandler } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Drydock</title><p>The web page is not built: run npm run build.</p>';

interface WebFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Serves the folder; without it, a page that says so. */
export async function serveWebFiles(folder: string): Promise<RequestHandler> {
  const files = await readFiles(folder);
  const index = files.get('/index.html') ?? webFile(Buffer.from(NOT_BUILT), '.html');
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      next();
      return;
    }
    const found = files.get(request.path);
    const isPage = found === undefined && extname(request.path) === '';
    const file = found ?? (isPage ? index : undefined);
    if (file === undefined) {
      next();
      return;
    }
    // Names under /assets carry their content's hash, so they never change.
    const isFixed = request.path.startsWith('/assets/') && found !== undefined;
    response.set({
      'Content-Type': file.type,
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': isFixed ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: file.etag,
    });
    if (request.headers['if-none-match'] === file.etag) response.status(304).end();
    else response.status(200).send(file.body);
  };
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const files = new Map<string, WebFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || !(extname(entry.name) in TYPES)) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    // Type declarations of the build are no part of the page.
    if (name.startsWith('/.')) continue;
    files.set(name, webFile(await readFile(path), extname(entry.name)));
  }
  return files;
}

function webFile(body: Buffer, extension: string): WebFile {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, type: TYPES[extension] ?? 'application/octet-stream', etag: `"${digest}"` };
}
