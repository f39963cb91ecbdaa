/** The text at a URL, for values. Loaded only when a value is at one. */
import { download, downloadLimits } from '../chart-sources/download.ts';
import { CliError } from './cli-error.ts';

/** Throws CliError with Helm's text. */
export async function readUrl(url: string): Promise<string> {
  try {
    return (await download({ url, limit: downloadLimits.document })).toString('utf8');
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error), { code: 'Unavailable' });
  }
}
