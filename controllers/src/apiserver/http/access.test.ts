/** Who asks, and may they: over HTTP, as users of all kinds. */
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import type { Peer } from '../authentication/authenticate.ts';
import { createHttpHandler } from '../http.ts';

interface Reply {
  readonly status: number;
  // What an API answers is looked at field by field.
  readonly body: Readonly<Record<string, unknown>>;
}

interface Running {
  readonly api: TestServer;
  readonly http: Server;
  call(path: string, options?: CallOptions): Promise<Reply>;
}

interface CallOptions {
  readonly peer?: Peer;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: object;
  readonly method?: string;
}

async function run(enforcesRbac: boolean): Promise<Running> {
  const api = createTestServer({ disableAdmission: ['ServiceAccount'], enforcesRbac });
  const handler = createHttpHandler(api);
  let peer: Peer | undefined;
  const http = createServer((request, response) => handler(request, response, peer));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo; // it listens
  return {
    api,
    http,
    call(path, { peer: from, headers = {}, body, method = body === undefined ? 'GET' : 'POST' } = {}) {
      peer = from;
      return new Promise((resolve, reject) => {
        const type = body === undefined ? {} : { 'content-type': 'application/json' };
        const sent = httpRequest({ port, path, method, agent: false, headers: { ...type, ...headers } }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : { text } }),
          );
        });
        sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
      });
    },
  };
}

let open: Running;
let guarded: Running;

beforeAll(async () => {
  open = await run(false);
  guarded = await run(true);
  for (const { client } of [open.api, guarded.api]) {
    client.create('serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'app', namespace: 'default' },
    });
    client.create('roles.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['pods', '*/log'], verbs: ['get', 'list'] }],
    });
    client.create('rolebindings.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'app-reads', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: 'default' }],
    });
  }
});

afterAll(() => {
  for (const { http } of [open, guarded]) http.close();
});

const certificate = (commonName: string, ...organizations: string[]): Peer => ({
  kind: 'certificate',
  commonName,
  organizations,
  fingerprint: 'ab12',
});
const PODS = '/api/v1/namespaces/default/pods';
const APP = 'system:serviceaccount:default:app';

async function whoAmI(running: Running, options: CallOptions): Promise<unknown> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const reply = await running.call('/apis/authentication.k8s.io/v1/selfsubjectreviews', { ...options, body });
  return (reply.body.status as { userInfo?: unknown } | undefined)?.userInfo ?? reply;
}

async function tokenOf(running: Running, spec: object = {}): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const reply = await running.call('/api/v1/namespaces/default/serviceaccounts/app/token', { body });
  expect(reply.status).toBe(201);
  return (reply.body.status as { token: string }).token;
}

const bearer = (token: string): CallOptions => ({
  peer: { kind: 'unknown' },
  headers: { authorization: `Bearer ${token}` },
});

describe('a request is from', () => {
  test('the user and the groups of its certificate', async () => {
    expect(await whoAmI(open, { peer: certificate('jane', 'dev', 'ops') })).toEqual({
      username: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=ab12'] },
    });
  });

  test('nobody without proof, and is refused with a wrong one', async () => {
    expect(await whoAmI(open, { peer: { kind: 'unknown' } })).toEqual({
      username: 'system:anonymous',
      groups: ['system:unauthenticated'],
    });
    const refused = { status: 401, body: { message: 'Unauthorized', reason: 'Unauthorized' } };
    expect(await open.call('/version', { peer: { kind: 'untrusted' } })).toMatchObject(refused);
    expect(await open.call('/version', bearer('abc'))).toMatchObject(refused);
  });

  test('whom it impersonates, with the groups that go with a service account', async () => {
    const headers = { 'Impersonate-User': APP, 'Impersonate-Uid': '7', 'Impersonate-Extra-Team%2Fa': ['x', 'y'] };
    expect(await whoAmI(open, { headers })).toEqual({
      username: APP,
      uid: '7',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'team/a': ['x', 'y'] },
    });
    const named = { 'Impersonate-User': 'bob', 'Impersonate-Group': ['a', 'b'] };
    expect(await whoAmI(open, { headers: named })).toEqual({
      username: 'bob',
      groups: ['a', 'b', 'system:authenticated'],
    });
    expect(await open.call('/version', { headers: { 'Impersonate-Group': 'a' } })).toMatchObject({ status: 500 });
  });

  test('the service account of its token, until that ends', async () => {
    const token = await tokenOf(open, { expirationSeconds: 600 });
    expect(await whoAmI(open, bearer(token))).toMatchObject({ username: APP });
    open.api.advance(600_000 + 59_000);
    expect(await whoAmI(open, bearer(token))).toMatchObject({ username: APP });
    open.api.advance(2000);
    expect(await open.call('/version', bearer(token))).toMatchObject({ status: 401 });
  });
});

describe('a token', () => {
  const review = async (token: string, more: object = {}) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...more } };
    return (await open.call('/apis/authentication.k8s.io/v1/tokenreviews', { body })).body.status;
  };

  test('goes with the object that it is bound to', async () => {
    const { client } = open.api;
    const secret = client.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bound', namespace: 'default' },
    });
    const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name: 'bound', uid: secret.metadata.uid };
    const token = await tokenOf(open, { boundObjectRef });
    expect(await review(token)).toMatchObject({ authenticated: true, user: { username: APP } });
    client.delete('secrets', { namespace: 'default', name: 'bound' });
    expect(await review(token)).toEqual({
      error: '[invalid bearer token, service account token has been invalidated]',
      user: {},
    });
  });

  test('is good for its audiences only', async () => {
    const token = await tokenOf(open, { audiences: ['vault', 'other'] });
    expect(await review(token, { audiences: ['vault'] })).toMatchObject({ authenticated: true, audiences: ['vault'] });
    expect(await review(token)).toMatchObject({
      error:
        '[invalid bearer token, token audiences ["vault" "other"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]]',
    });
    expect(await open.call('/version', bearer(token))).toMatchObject({ status: 401 });
    expect(await review('abc')).toEqual({ error: 'invalid bearer token', user: {} });
  });

  test('that was changed is refused', async () => {
    const [header, payload = '', signature] = (await tokenOf(open)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url');
    expect(await review(`${header}.${forged}.${signature}`)).toMatchObject({
      error: '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]',
    });
  });

  test('lives for ten minutes at least', async () => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 1 } };
    expect(await open.call('/api/v1/namespaces/default/serviceaccounts/app/token', { body })).toMatchObject({
      status: 422,
      body: {
        message:
          'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
      },
    });
  });
});

describe('where roles are enforced', () => {
  const as = (name: string): CallOptions => ({ peer: certificate(name) });

  test('a request needs a rule that allows it', async () => {
    const token = await tokenOf(guarded);
    expect(await guarded.call(PODS, bearer(token))).toMatchObject({ status: 200 });
    expect(await guarded.call(`${PODS}?watch=1`, bearer(token))).toMatchObject({
      status: 403,
      body: {
        message: `pods is forbidden: User "${APP}" cannot watch resource "pods" in API group "" in the namespace "default"`,
        details: { kind: 'pods' },
      },
    });
    expect(await guarded.call(`${PODS}/web/log`, bearer(token))).toMatchObject({ status: 404 });
    expect(await guarded.call(`${PODS}/web/exec`, bearer(token))).toMatchObject({
      body: {
        message: `pods "web" is forbidden: User "${APP}" cannot get resource "pods/exec" in API group "" in the namespace "default"`,
      },
    });
    expect(await guarded.call('/apis/apps/v1/deployments', bearer(token))).toMatchObject({
      body: {
        message: `deployments.apps is forbidden: User "${APP}" cannot list resource "deployments" in API group "apps" at the cluster scope`,
      },
    });
  });

  test('paths are open to those who are somebody, some to all', async () => {
    expect(await guarded.call('/api', as('bob'))).toMatchObject({ status: 200 });
    expect(await guarded.call('/version', { peer: { kind: 'unknown' } })).toMatchObject({ status: 200 });
    expect(await guarded.call('/api', { peer: { kind: 'unknown' } })).toMatchObject({
      status: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/api"' },
    });
  });

  test('members of system:masters may do everything, and its owner', async () => {
    expect(await guarded.call('/api/v1/secrets', { peer: certificate('root', 'system:masters') })).toMatchObject({
      status: 200,
    });
    expect(await guarded.call('/api/v1/secrets')).toMatchObject({ status: 200 });
  });

  test('impersonation needs a rule, too', async () => {
    const headers = { 'Impersonate-User': APP };
    expect(await guarded.call(PODS, { ...as('bob'), headers })).toMatchObject({
      status: 403,
      body: {
        message:
          'serviceaccounts "app" is forbidden: User "bob" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"',
      },
    });
    expect(await guarded.call(PODS, { headers })).toMatchObject({ status: 200 });
  });

  test('an apply that creates needs the right to create, too', async () => {
    const { client } = guarded.api;
    client.create('clusterroles.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'patcher' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }],
    });
    client.create('clusterrolebindings.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'pat-patches' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'patcher' },
      subjects: [{ kind: 'User', name: 'pat', apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const path = '/api/v1/namespaces/default/configmaps/c?fieldManager=t';
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
    const apply = () => guarded.call(path, { ...as('pat'), method: 'PATCH', headers, body });
    expect(await apply()).toMatchObject({
      status: 403,
      body: {
        message:
          'configmaps "c" is forbidden: User "pat" cannot create resource "configmaps" in API group "" in the namespace "default"',
      },
    });
    client.create('configmaps', { ...body, metadata: { name: 'c', namespace: 'default' } });
    expect(await apply()).toMatchObject({ status: 200 });
  });

  test('nobody gives rights that they have not', async () => {
    const { client } = guarded.api;
    client.create('clusterrolebindings.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ann-administers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const role = (resources: readonly string[], verbs: readonly string[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources, verbs }],
    });
    const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
    expect(await guarded.call(path, { ...as('ann'), body: role(['nodes', 'pods'], ['get', 'list']) })).toMatchObject({
      status: 403,
      body: {
        message:
          'roles.rbac.authorization.k8s.io "more" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
      },
    });
    expect(await guarded.call(path, { ...as('ann'), body: role(['pods'], ['get']) })).toMatchObject({ status: 201 });
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'up' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
    };
    const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
    expect(await guarded.call(bindings, { ...as('ann'), body: binding })).toMatchObject({
      status: 403,
      body: {
        message:
          'rolebindings.rbac.authorization.k8s.io "up" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
      },
    });
    const own = { ...binding.roleRef, name: 'view' };
    expect(await guarded.call(bindings, { ...as('ann'), body: { ...binding, roleRef: own } })).toMatchObject({
      status: 201,
    });
  });
});

describe('where they are not', () => {
  test('everyone may do everything, and reviews of oneself tell what the roles allow', async () => {
    const headers = { 'Impersonate-User': APP };
    expect(await open.call('/api/v1/secrets', { headers })).toMatchObject({ status: 200 });
    const review = async (resource: string) => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource, namespace: 'default' } },
      };
      return (await open.call('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { headers, body })).body.status;
    };
    expect(await review('pods')).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "app-reads/default" of Role "reader" to ServiceAccount "app/default"',
    });
    expect(await review('secrets')).toEqual({ allowed: false });
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: APP, resourceAttributes: { verb: 'list', resource: 'secrets', namespace: 'default' } },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    expect((await open.call(path, { body })).body.status).toEqual({ allowed: true });
    expect((await guarded.call(path, { body })).body.status).toEqual({ allowed: false });
  });
});
