import { expect, it } from 'vitest';
import { GoMap, GoSlice, type GoValue, int64, nilMap, nilSlice } from '../engine/gotemplate/go-value.ts';
import { mergeValueLayers } from './layers.ts';
import { packValues, unpackValues } from './transfer.ts';
import type { Values } from './values.ts';

function sent(values: Values): Values {
  return unpackValues(structuredClone(packValues(values)));
}

it('keeps the types of values over a structured clone', () => {
  const values: Values = new Map<string, GoValue>([
    ['int64', int64(9007199254740993n)],
    ['plain', [1, 2n, 1.5, 'a', true, null]],
    ['table', new Map([['__proto__', new Map([['b', int64(-1n)]])]])],
    ['bytes', new Uint8Array([1, 2])],
    ['slice', new GoSlice('string', ['a'])],
    ['named', new GoMap('string', new Map([['a', 'b']]), 'labels.Set')],
    ['nil', [nilSlice('string'), nilMap('interface {}')]],
    ['not UTF-8', '\udc80'],
  ]);
  expect(sent(values)).toStrictEqual(values);
});

it('keeps what --set makes', () => {
  const values = mergeValueLayers({ set: ['a=1,b.c[0]=2,d=null,e={x,y},f={}'], setString: ['g=1'] });
  expect(sent(values)).toStrictEqual(values);
});
