import { describe, expect, test } from 'vitest';
import { decodeProtobuf, ProtobufError } from './protobuf.ts';
import { encodeProtobuf } from './protobuf-encode.ts';

const roundTrip = (object: Readonly<Record<string, unknown>>) =>
  decodeProtobuf(encodeProtobuf(object) ?? Buffer.alloc(0));

describe('protobuf', () => {
  test('carries every kind of value there and back', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'a',
        labels: { a: 'b', empty: '' },
        creationTimestamp: '2026-01-02T03:04:05Z',
        managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} } }],
      },
      spec: {
        containers: [
          {
            name: 'c',
            resources: { limits: { cpu: '100m' } },
            livenessProbe: { httpGet: { port: 'web' }, periodSeconds: 7 },
            readinessProbe: { tcpSocket: { port: 8080 } },
            stdin: true,
          },
        ],
        terminationGracePeriodSeconds: -1,
        volumes: [{ name: 'v', configMap: { name: 'x', defaultMode: 420 } }],
      },
    };
    expect(roundTrip(pod)).toMatchObject(pod);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { a: 'AAEC' } };
    expect(roundTrip(secret)).toMatchObject(secret);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {},
      spec: { renewTime: '2026-01-02T03:04:05.678901Z', leaseDurationSeconds: 15 },
    };
    expect(roundTrip(lease)).toMatchObject(lease);
  });

  test('carries the schemas of definitions, whose fields may hold one of two things', () => {
    const schema = {
      type: 'object',
      default: { a: [1, 'x', null] },
      properties: {
        list: { type: 'array', items: { type: 'string' } },
        map: { type: 'object', additionalProperties: { type: 'integer' } },
        open: { type: 'object', additionalProperties: true },
        closed: { type: 'object', additionalProperties: false },
      },
      dependencies: { a: ['b', 'c'] },
    };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec: { versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] },
    };
    expect(roundTrip(definition)).toMatchObject(definition);
  });

  test('leaves out what Go writes in protobuf only', () => {
    const items = { type: 'string', id: '', title: '', minLength: 0, nullable: false };
    const schema = { type: 'array', items };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { versions: [{ name: 'v1', served: false, storage: true, schema: { openAPIV3Schema: schema } }] },
    };
    expect(roundTrip(definition).spec).toEqual({
      versions: [
        {
          name: 'v1',
          served: false,
          storage: true,
          schema: { openAPIV3Schema: { type: 'array', items: { type: 'string', minLength: 0 } } },
        },
      ],
    });
  });

  test('answers undefined for a kind without a message', () => {
    expect(encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' })).toBeUndefined();
  });

  test.each([
    ['x', 'expected prefix [107 56 115 0]'],
    ['k8s\0\n\x7f', 'unexpected EOF'],
    ['k8s\0\0', 'illegal tag 0'],
    ['k8s\0\x0f\0', 'illegal wireType 7'],
    ['k8s\0\n\x0a\n\x02v1\x12\x04Nope', 'no kind "Nope" is registered for version "v1"'],
  ])('%j is refused', (text, problem) => {
    expect(() => decodeProtobuf(Buffer.from(text, 'latin1'))).toThrow(ProtobufError);
    expect(() => decodeProtobuf(Buffer.from(text, 'latin1'))).toThrow(problem);
  });

  test('no cut or changed message does more than be refused', () => {
    const bytes = encodeProtobuf({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { a: 'b' } },
      data: { key: 'value' },
    });
    if (bytes === undefined) throw new Error('ConfigMaps have a message');
    for (let at = 0; at < bytes.length; at += 1) {
      for (const change of [0x00, 0x7f, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = change;
        for (const given of [changed, bytes.subarray(0, at)]) {
          try {
            decodeProtobuf(given);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError);
          }
        }
      }
    }
  });
});
