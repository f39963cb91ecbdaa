/** What flags say of servers and of Helm's own files. */
import type { ServerAccess } from '../chart-sources/download.ts';
import type { Flags } from './command.ts';

/** The flags of a command about servers. */
export function accessOf(flags: Flags): ServerAccess {
  const text = (name: string): string => flags.text(name) ?? '';
  return {
    username: text('username'),
    password: text('password'),
    caFile: text('caFile'),
    certFile: text('certFile'),
    keyFile: text('keyFile'),
    passCredentials: flags.is('passCredentials'),
    insecureSkipTlsVerify: flags.is('insecureSkipTlsVerify'),
    plainHttp: flags.is('plainHttp'),
  };
}

/** The paths of Helm's own files that the command line names. */
export function pathFlags(flags: Flags): Record<'repositoryConfig' | 'repositoryCache' | 'registryConfig', string> {
  return {
    repositoryConfig: flags.text('repositoryConfig') ?? '',
    repositoryCache: flags.text('repositoryCache') ?? '',
    registryConfig: flags.text('registryConfig') ?? '',
  };
}
