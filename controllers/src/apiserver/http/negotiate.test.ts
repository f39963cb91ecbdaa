import { describe, expect, test } from 'vitest';
import { ALL_TYPES, negotiate, parseAccept } from './negotiate.ts';

const offer = { types: ALL_TYPES, transforms: ['Table', 'PartialObjectMetadata'] };
const form = (header: string | undefined) => negotiate(parseAccept(header), offer);

describe('the Accept header', () => {
  test('is JSON where there is none, and for whatever else is welcome', () => {
    expect(form(undefined).type).toBe('application/json');
    expect(form('text/html, */*;q=0.1').type).toBe('application/json');
  });

  test('is read by quality', () => {
    expect(form('application/json;q=0.5, application/yaml').type).toBe('application/yaml');
    expect(form('application/json;q=0.9,application/cbor;q=1').type).toBe('application/json');
  });

  test('is answered with protobuf where nothing else is read', () => {
    expect(form('application/vnd.kubernetes.protobuf').type).toBe('application/vnd.kubernetes.protobuf');
    expect(form('application/vnd.kubernetes.protobuf,application/json').type).toBe('application/json');
    const metadata = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const first = form(`application/vnd.kubernetes.protobuf;${metadata},application/json;${metadata}`);
    expect(first.type).toBe('application/vnd.kubernetes.protobuf');
  });

  test('takes the first transformation that there is', () => {
    const table = form('application/json;as=Table;v=v1;g=meta.k8s.io,application/json');
    expect(table).toMatchObject({ as: 'Table', version: 'v1' });
    expect(form('application/json;as=Table;v=v2;g=meta.k8s.io,application/json').as).toBeUndefined();
  });

  test('is refused where nothing fits', () => {
    expect(() => form('application/json;as=Chart;v=v1;g=meta.k8s.io')).toThrow(
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    const known = () => negotiate(parseAccept('text/html'), { ...offer, representations: ['application/json'] });
    expect(known).toThrow('406: Not Acceptable\n\nAvailable representations: application/json');
  });
});
