/** The `proxy-url` of a kubeconfig's cluster: apart from what goes through it, which few commands need. */
import { CliError } from './cli-error.ts';

/** A `proxy-url`, with client-go's check and words; none where it is empty. SOCKS is beyond this program. */
export function proxyOf(address: string, cluster: string): URL | undefined {
  if (address === '') return undefined;
  const invalid = (reason: string): CliError =>
    new CliError(
      `invalid configuration: invalid 'proxy-url' ${JSON.stringify(address)} for cluster "${cluster}": ${reason}`,
    );
  if (!URL.canParse(address)) throw invalid(`could not parse: ${address}`);
  const url = new URL(address);
  if (url.protocol === 'socks5:') throw invalid('socks5 is not supported here, use http or https');
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw invalid(`unsupported scheme "${url.protocol.slice(0, -1)}", must be http, https, or socks5`);
}
