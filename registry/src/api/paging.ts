/** Lists in pages: `start` and `limit` of the query, and `{metadata: {total, itemsLength}, items}` as the answer. */
import type { Request, Response } from 'express';
import type { Listing, Page } from '../catalog/catalog.ts';
import { RegistryError } from '../errors.ts';

const defaultLimit = 10;

/** The page that the query asks for, of at most `maxItems`. Throws BadRequest for what is no number. */
export function readPage(request: Request, maxItems: number): Page {
  return {
    start: readCount(request, 'start') ?? 0,
    limit: Math.min(readCount(request, 'limit') ?? defaultLimit, maxItems),
  };
}

/** Answers with the listing, each item as `view` shows it. */
export function sendListing<T>(response: Response, listing: Listing<T>, view: (item: T) => unknown): void {
  const items = listing.items.map(view);
  response.json({ metadata: { total: listing.total, itemsLength: items.length }, items });
}

function readCount(request: Request, name: string): number | undefined {
  const value: unknown = request.query[name];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string' || !/^[0-9]{1,15}$/.test(value)) {
    throw new RegistryError('BadRequest', `query parameter ${name} must be a number from 0`, {
      details: { parameter: name },
    });
  }
  return Number(value);
}
