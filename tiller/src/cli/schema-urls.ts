/** Documents of other servers that the schema of a chart refers to, with the texts of Helm v4.3's HTTPURLLoader. */
import { STATUS_CODES } from 'node:http';
import { downloadLimits, fetchUrl } from '../chart-sources/download.ts';

/** The document, or why there is none. */
export async function fetchSchema(url: string): Promise<Uint8Array | Error> {
  try {
    const { status, body } = await fetchUrl({ url, limit: downloadLimits.document });
    if (status === 200) return body;
    return new Error(`HTTP request to ${url} returned status ${status} (${STATUS_CODES[status] ?? ''})`);
  } catch (error) {
    return new Error(`HTTP request failed for ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
