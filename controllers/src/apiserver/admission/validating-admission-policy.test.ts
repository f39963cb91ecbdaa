import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import { createObject } from '../verbs/create.ts';

type Json = Readonly<Record<string, unknown>>;

const API = 'admissionregistration.k8s.io/v1';
const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const BINDINGS = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';
const RULE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] };

function policy(spec: Json): KubeObject {
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [RULE] }, ...spec },
  };
}

function binding(spec: Json = {}): KubeObject {
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
  };
}

function deployment(replicas: number): KubeObject {
  const labels = { a: 'b' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

function serverWith(spec: Json, bound: Json = {}): TestServer {
  const server = createTestServer();
  server.client.create(POLICIES, policy(spec));
  server.client.create(BINDINGS, binding(bound));
  return server;
}

const rules = (...expressions: readonly (string | Json)[]): Json => ({
  validations: expressions.map((each) => (typeof each === 'string' ? { expression: each } : each)),
});

/** The warnings of a write that is let through, or what it is refused with. */
function write({ core }: TestServer, object: KubeObject): readonly string[] | ApiError {
  const warnings: string[] = [];
  const resource = core.resources.find('deployments.apps');
  if (resource === undefined) throw new Error('no deployments');
  try {
    createObject(core, {
      resource,
      version: 'v1',
      namespace: 'default',
      name: '',
      subresource: '',
      body: object,
      options: { dryRun: true },
      warn: (text) => warnings.push(text),
    });
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  return warnings;
}

const refused = (text: string): string =>
  `deployments.apps "d" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${text}`;

describe('a policy', () => {
  it('refuses what its expressions do not hold for', () => {
    const server = serverWith(
      rules(
        'object.spec.replicas <= 5',
        { expression: 'object.spec.replicas != 3', message: 'not three', reason: 'Forbidden' },
        { expression: 'object.spec.replicas != 4', messageExpression: "'got ' + string(object.spec.replicas)" },
      ),
    );
    expect(write(server, deployment(1))).toEqual([]);
    expect(write(server, deployment(6))).toMatchObject({
      message: refused('failed expression: object.spec.replicas <= 5'),
      reason: 'Invalid',
      code: 422,
    });
    expect(write(server, deployment(3))).toMatchObject({ message: refused('not three'), code: 403 });
    expect(write(server, deployment(4))).toMatchObject({
      message: refused('got 4'),
      details: { causes: [{ message: "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: got 4" }] },
    });
  });

  it('does nothing without a binding', () => {
    const server = createTestServer();
    server.client.create(POLICIES, policy(rules('false')));
    expect(write(server, deployment(1))).toEqual([]);
  });

  it('only warns where its binding says so', () => {
    const server = serverWith(rules('false'), { validationActions: ['Warn', 'Audit'] });
    expect(write(server, deployment(1))).toEqual([
      "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression: false",
    ]);
  });

  it('fails as its failure policy says', () => {
    const broken = rules('object.spec.nope == 1');
    expect(write(serverWith(broken), deployment(1))).toMatchObject({
      message: refused("expression 'object.spec.nope == 1' resulted in error: no such key: nope"),
    });
    expect(write(serverWith({ ...broken, failurePolicy: 'Ignore' }), deployment(1))).toEqual([]);
  });

  it('has variables, which are computed when they are asked for', () => {
    const variables = [
      { name: 'twice', expression: 'object.spec.replicas * 2' },
      { name: 'bad', expression: 'object.spec.nope' },
    ];
    const server = serverWith({ variables, ...rules('variables.twice < 10 || variables.bad == 1') });
    expect(write(server, deployment(1))).toEqual([]);
    expect(write(server, deployment(5))).toMatchObject({
      message: refused(
        'expression \'variables.twice < 10 || variables.bad == 1\' resulted in error: composited variable "bad" fails to evaluate: no such key: nope',
      ),
    });
  });

  it('is for what its conditions hold for', () => {
    const matchConditions = [{ name: 'many', expression: 'object.spec.replicas > 1' }];
    const server = serverWith({ matchConditions, ...rules('false') });
    expect(write(server, deployment(1))).toEqual([]);
    expect(write(server, deployment(2))).toBeInstanceOf(ApiError);
  });

  it('takes parameters from where its binding says', () => {
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    const spec = { paramKind, ...rules('object.spec.replicas <= int(params.data.max)') };
    const paramRef = { name: 'limits', parameterNotFoundAction: 'Deny' };
    const server = serverWith(spec, { paramRef });
    expect(write(server, deployment(1))).toMatchObject({
      message: refused(
        'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
      ),
    });
    const limits = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits', namespace: 'default' } };
    server.client.create('configmaps', { ...limits, data: { max: '2' } });
    expect(write(server, deployment(2))).toEqual([]);
    expect(write(server, deployment(3))).toBeInstanceOf(ApiError);
  });

  it('sees what an update replaces, and deletions', () => {
    const operations = ['UPDATE', 'DELETE'];
    const server = serverWith({
      matchConstraints: { resourceRules: [{ ...RULE, operations }] },
      ...rules(
        "request.operation == 'DELETE' ? oldObject.spec.replicas == 0 : object.spec.replicas < oldObject.spec.replicas",
      ),
    });
    const { client } = server;
    const made = client.create('deployments.apps', deployment(2));
    expect(() => client.update('deployments.apps', { ...made, spec: { ...(deployment(3).spec as Json) } })).toThrow(
      'denied',
    );
    expect(() => client.delete('deployments.apps', { namespace: 'default', name: 'd' })).toThrow('denied');
    client.update('deployments.apps', { ...made, spec: { ...(deployment(0).spec as Json) } });
    client.delete('deployments.apps', { namespace: 'default', name: 'd' });
  });

  it('is not stored with expressions that do not compile', () => {
    const { client } = createTestServer();
    const create = (spec: Json) => () => client.create(POLICIES, policy(spec));
    expect(create(rules('object.'))).toThrow(
      'spec.validations[0].expression: Invalid value: "object.": compilation failed: ERROR: <input>:1:8: Syntax error: no viable alternative at input \'.\'',
    );
    expect(create(rules('1'))).toThrow('must evaluate to bool but got int');
    expect(create(rules('variables.x == 1'))).toThrow("undeclared reference to 'variables' (in container '')");
    expect(create({ validations: [] })).toThrow('validations or auditAnnotations must contain at least one item');
  });
});

describe('match conditions of webhooks', () => {
  const hook = (matchConditions: readonly Json[]): KubeObject => ({
    apiVersion: API,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'w' },
    webhooks: [
      {
        name: 'w.example.com',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: { url: 'https://w.example.com/' },
        matchConditions,
      },
    ],
  });
  const WEBHOOKS = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

  it('have to compile', () => {
    const { client } = createTestServer();
    expect(() => client.create(WEBHOOKS, hook([{ name: 'a', expression: '... [' }]))).toThrow(
      'webhooks[0].matchConditions[0].expression: Invalid value: "... [": compilation failed: ERROR: <input>:1:2: Syntax error',
    );
    client.create(WEBHOOKS, hook([{ name: 'a', expression: "request.operation == 'CREATE'" }]));
  });
});
