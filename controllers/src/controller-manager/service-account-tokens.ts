/**
 * Fills Secrets of type kubernetes.io/service-account-token with the token of the account that they name, and deletes
 * those whose account is not there (pkg/controller/serviceaccount/tokens_controller.go, v1.34).
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Client, ObjectKey } from '../apiserver/client.ts';
import type { Controller } from './controller.ts';

export interface TokenPorts {
  /** A token of an account that goes with a Secret. */
  issue(account: KubeObject, secretName: string): string;
}

interface TokenSecret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

function isTokenOf(object: KubeObject): boolean {
  return (object as TokenSecret).type === TYPE; // a Secret
}

export function createServiceAccountTokenController(rootCa: string, { issue }: TokenPorts): Controller {
  const ca = btoa(rootCa);
  return {
    name: 'serviceaccount-token-controller',
    watches: [
      {
        resource: 'secrets',
        keys: ({ object, type }) => (type !== 'DELETED' && isTokenOf(object) ? [keyOf(object)] : []),
      },
      {
        resource: 'serviceaccounts',
        keys: ({ object, type }, client) => (type === 'DELETED' ? tokensOf(client, object) : []),
      },
    ],
    reconcile(key, { client }) {
      const secret = client.find<TokenSecret>('secrets', key);
      if (secret === undefined || !isTokenOf(secret)) return undefined;
      const { annotations = {}, namespace = '', name = '' } = secret.metadata;
      const uid = annotations[ACCOUNT_UID] ?? '';
      const account = client.find('serviceaccounts', { namespace, name: annotations[ACCOUNT_NAME] ?? '' });
      if (account === undefined || (uid !== '' && uid !== account.metadata.uid)) {
        client.delete('secrets', key);
        return undefined;
      }
      const { data = {} } = secret;
      if (data['ca.crt'] === ca && (data.namespace ?? '') !== '' && (data.token ?? '') !== '') return undefined;
      client.update('secrets', {
        ...secret,
        metadata: {
          ...secret.metadata,
          annotations: {
            ...annotations,
            [ACCOUNT_NAME]: account.metadata.name ?? '',
            [ACCOUNT_UID]: account.metadata.uid ?? '',
          },
        },
        data: {
          ...data,
          'ca.crt': ca,
          namespace: data.namespace || btoa(namespace),
          token: data.token || btoa(issue(account, name)),
        },
      });
      return undefined;
    },
  };
}

function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

function tokensOf(client: Client, { metadata }: KubeObject): readonly ObjectKey[] {
  return client
    .list<TokenSecret>('secrets', { namespace: metadata.namespace ?? '', fieldSelector: `type=${TYPE}` })
    .filter((secret) => secret.metadata.annotations?.[ACCOUNT_NAME] === metadata.name)
    .map(keyOf);
}
