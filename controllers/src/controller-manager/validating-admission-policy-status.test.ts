import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { createSimulation } from '../simulation/simulation.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';

interface Facts {
  readonly expressions: readonly string[];
  readonly resources?: readonly string[];
  readonly groups?: readonly string[];
  readonly more?: object;
}

function policy({ expressions, resources = ['deployments'], groups = ['apps'], more }: Facts): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [{ operations: ['*'], apiGroups: groups, apiVersions: ['v1'], resources }],
      },
      validations: expressions.map((expression) => ({ expression })),
      ...more,
    },
  };
}

// The warnings are those of Kubernetes' own controller.
function warningsOf(facts: Facts): unknown {
  const { client, settle } = createSimulation({ name: 'dev', nodes: 0 });
  client.create(POLICIES, policy(facts));
  settle();
  const { status } = client.get<KubeObject & { status?: unknown }>(POLICIES, { name: 'p' });
  return status;
}

describe("a policy's status", () => {
  it('tells of expressions that can not be right for a kind', () => {
    expect(warningsOf({ expressions: ["object.spec.replicas > '1'", 'object.spec.replicas > 1'] })).toEqual({
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning: [
              "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'",
              " | object.spec.replicas > '1'",
              ' | .....................^',
              '',
            ].join('\n'),
          },
        ],
      },
    });
  });

  it('tells of each kind that it is for', () => {
    const status = warningsOf({
      expressions: ['object.spec.replicas > 1'],
      groups: ['', 'apps'],
      resources: ['pods', 'deployments'],
    });
    expect(status).toMatchObject({
      typeChecking: {
        expressionWarnings: [{ warning: expect.stringMatching(/^\/v1, Kind=Pod: .*undefined field 'replicas'/) }],
      },
    });
  });

  it('knows parameters and variables', () => {
    const more = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'r', expression: 'object.spec.replicas' }],
    };
    expect(warningsOf({ expressions: ["variables.r == 'a'", 'params.foo == 1'], more })).toMatchObject({
      typeChecking: {
        expressionWarnings: [
          { warning: expect.stringContaining("applied to '(int, string)'") },
          { warning: expect.stringContaining("undefined field 'foo'") },
        ],
      },
    });
  });

  it('says nothing where kinds are not named', () => {
    expect(warningsOf({ expressions: ['object.foo == 1'], resources: ['*'] })).toEqual({
      observedGeneration: 1,
      typeChecking: {},
    });
  });
});
