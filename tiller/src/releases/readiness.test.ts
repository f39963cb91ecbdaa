import { describe, expect, test } from 'vitest';
import { assessReadiness } from './readiness.ts';

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly apiVersion?: string;
  readonly generation?: number;
  readonly spec?: object;
  readonly status?: object;
  readonly waitForJobs?: boolean;
  readonly expected: string;
}

const condition = (type: string, status: string, rest: object = {}) => ({ conditions: [{ type, status, ...rest }] });
const done = { observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 };

const CASES: readonly Case[] = [
  {
    name: 'all replicas there',
    kind: 'Deployment',
    spec: { replicas: 2 },
    status: { ...done, ...condition('Available', 'True') },
    expected: 'ready 2/2 ready',
  },
  {
    name: 'no replicas wanted',
    kind: 'Deployment',
    spec: { replicas: 0 },
    status: { observedGeneration: 1 },
    expected: 'ready 0/0 ready',
  },
  {
    name: 'one not ready',
    kind: 'Deployment',
    spec: { replicas: 2 },
    status: { ...done, readyReplicas: 1 },
    expected: 'progressing 1/2 ready',
  },
  {
    name: 'old ones left',
    kind: 'Deployment',
    spec: { replicas: 2 },
    status: { ...done, replicas: 3 },
    expected: 'progressing 2/2 ready, 1 old to terminate',
  },
  {
    name: 'not updated',
    kind: 'Deployment',
    spec: { replicas: 2 },
    status: { ...done, updatedReplicas: 1 },
    expected: 'progressing 2/2 ready, 1 updated',
  },
  {
    name: 'ready but not long enough',
    kind: 'Deployment',
    spec: { replicas: 2 },
    status: { ...done, availableReplicas: 1 },
    expected: 'progressing 2/2 ready, 1 available',
  },
  { name: 'no status yet', kind: 'Deployment', expected: 'progressing not observed yet' },
  {
    name: 'an old status',
    kind: 'Deployment',
    generation: 2,
    spec: { replicas: 2 },
    status: done,
    expected: 'progressing change not observed yet',
  },
  {
    name: 'a deadline that passed',
    kind: 'Deployment',
    status: {
      observedGeneration: 1,
      ...condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'm' }),
    },
    expected: 'failed progress deadline exceeded: m',
  },
  {
    name: 'all updated',
    kind: 'StatefulSet',
    spec: { replicas: 2 },
    status: { ...done, currentRevision: 'a', updateRevision: 'a' },
    expected: 'ready 2/2 ready',
  },
  {
    name: 'an update under way',
    kind: 'StatefulSet',
    spec: { replicas: 2 },
    status: { ...done, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    expected: 'progressing 2/2 ready, 1 updated',
  },
  {
    name: 'a partition',
    kind: 'StatefulSet',
    spec: { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    status: { ...done, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    expected: 'ready 2/2 ready',
  },
  {
    name: 'on every node',
    kind: 'DaemonSet',
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberReady: 3,
    },
    expected: 'ready 3/3 ready',
  },
  {
    name: 'not on every node',
    kind: 'DaemonSet',
    status: { observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: 2 },
    expected: 'progressing 0/3 ready',
  },
  { name: 'not looked at', kind: 'DaemonSet', expected: 'progressing not observed yet' },
  {
    name: 'refused pods',
    kind: 'ReplicaSet',
    status: condition('ReplicaFailure', 'True', { message: 'quota' }),
    expected: 'progressing quota',
  },
  {
    name: 'ready',
    kind: 'Pod',
    apiVersion: 'v1',
    status: { phase: 'Running', ...condition('Ready', 'True') },
    expected: 'ready ready',
  },
  { name: 'done', kind: 'Pod', apiVersion: 'v1', status: { phase: 'Succeeded' }, expected: 'ready succeeded' },
  {
    name: 'failed',
    kind: 'Pod',
    apiVersion: 'v1',
    status: { phase: 'Failed', reason: 'Evicted' },
    expected: 'failed failed: Evicted',
  },
  {
    name: 'unschedulable',
    kind: 'Pod',
    apiVersion: 'v1',
    status: condition('PodScheduled', 'False', { message: '0/3 nodes' }),
    expected: 'progressing unschedulable: 0/3 nodes',
  },
  { name: 'one that runs, not waited for', kind: 'Job', apiVersion: 'batch/v1', expected: 'ready not waited for' },
  {
    name: 'one that runs, waited for',
    kind: 'Job',
    apiVersion: 'batch/v1',
    spec: { completions: 3 },
    status: { succeeded: 1 },
    waitForJobs: true,
    expected: 'progressing 1/3 complete',
  },
  {
    name: 'complete',
    kind: 'Job',
    apiVersion: 'batch/v1',
    status: condition('Complete', 'True'),
    waitForJobs: true,
    expected: 'ready complete',
  },
  {
    name: 'failed',
    kind: 'Job',
    apiVersion: 'batch/v1',
    status: condition('Failed', 'True', { reason: 'BackoffLimitExceeded' }),
    expected: 'failed failed: BackoffLimitExceeded',
  },
  {
    name: 'bound',
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    status: { phase: 'Bound' },
    expected: 'ready bound',
  },
  {
    name: 'pending',
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    status: { phase: 'Pending' },
    expected: 'progressing not bound (Pending)',
  },
  {
    name: 'with an address',
    kind: 'Service',
    apiVersion: 'v1',
    spec: { clusterIP: '10.0.0.1' },
    expected: 'ready has its address',
  },
  {
    name: 'headless',
    kind: 'Service',
    apiVersion: 'v1',
    spec: { clusterIP: 'None' },
    expected: 'ready has its address',
  },
  {
    name: 'without its load balancer',
    kind: 'Service',
    apiVersion: 'v1',
    spec: { clusterIP: '10.0.0.1', type: 'LoadBalancer' },
    expected: 'progressing no load balancer yet',
  },
  {
    name: 'with its load balancer',
    kind: 'Service',
    apiVersion: 'v1',
    spec: { clusterIP: '10.0.0.1', type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
    expected: 'ready has its address',
  },
  {
    name: 'established',
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    status: condition('Established', 'True'),
    expected: 'ready established',
  },
  {
    name: 'a name taken',
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    status: condition('NamesAccepted', 'False', { message: 'taken' }),
    expected: 'failed names not accepted: taken',
  },
  { name: 'without conditions', kind: 'Widget', apiVersion: 'example.com/v1', expected: 'ready there' },
  {
    name: 'not ready by its own word',
    kind: 'Widget',
    apiVersion: 'example.com/v1',
    status: condition('Ready', 'False', { message: 'soon' }),
    expected: 'progressing soon',
  },
  {
    name: 'stalled',
    kind: 'Widget',
    apiVersion: 'example.com/v1',
    status: condition('Stalled', 'True', { reason: 'Broken' }),
    expected: 'failed Broken',
  },
];

describe('readiness', () => {
  test.each(CASES)(
    '$kind: $name',
    ({ kind, apiVersion = 'apps/v1', generation = 1, spec = {}, status = {}, waitForJobs = false, expected }) => {
      const object = { apiVersion, kind, metadata: { name: 'a', generation }, spec, status };
      const { state, message } = assessReadiness(object, { waitForJobs });
      expect(`${state} ${message}`).toBe(expected);
    },
  );

  test('an object that is not there, or on its way out, is not ready', () => {
    expect(assessReadiness(undefined, { waitForJobs: false })).toMatchObject({ state: 'progressing' });
    const leaving = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    expect(assessReadiness(leaving, { waitForJobs: false })).toMatchObject({ message: 'terminating' });
  });
});
