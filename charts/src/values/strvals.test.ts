import { describe, expect, it } from 'vitest';
import { type GoValue, int64 } from '../engine/gotemplate/go-value.ts';
import { parseFileInto, parseInto, parseIntoString, parseJsonInto, parseLiteralInto } from './strvals.ts';

type Parser = (into: Map<string, GoValue>, text: string) => void;

/** Maps as objects and int64 as numbers, for short expectations. */
function plain(value: GoValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if (Array.isArray(value)) return value.map(plain);
  return value !== null && typeof value === 'object' && 'value' in value ? Number(value.value) : value;
}

function set(text: string, parser: Parser = parseInto, into: Map<string, GoValue> = new Map()): unknown {
  parser(into, text);
  return plain(into);
}

describe('--set', () => {
  it.each([
    ['a=1,b=true,c=null,d=x', { a: 1, b: true, c: null, d: 'x' }],
    ['a=TRUE,b=False,c=Null', { a: true, b: false, c: null }],
    ['a=0,b=007,c=-5,d=+5,e=1.5', { a: 0, b: '007', c: -5, d: 5, e: '1.5' }],
    ['a=9223372036854775808', { a: '9223372036854775808' }],
    ['a=,b=', { a: '', b: '' }],
    ['a.b.c=1,a.b.d=2', { a: { b: { c: 1, d: 2 } } }],
    ['a\\.b=x\\,y', { 'a.b': 'x,y' }],
    ['a=x\\', { a: 'x' }],
    ['a={b,1,},c=2', { a: ['b', 1, ''], c: 2 }],
    ['a={}', { a: [''] }],
    ['a[1]=x', { a: [null, 'x'] }],
    ['a[0].b=1,a[0].c=2', { a: [{ b: 1, c: 2 }] }],
    ['a[1][1]=1', { a: [null, [null, 1]] }],
    ['a[0]', { a: [] }],
    ['a[0', {}],
    ['a.', {}],
    ['=1', {}],
    ['a=1,', { a: 1 }],
    ['a=b=c', { a: 'b=c' }],
  ])('%s', (text, expected) => {
    expect(set(text)).toEqual(expected);
  });

  it('makes integers int64, as Helm does', () => {
    const values = new Map<string, GoValue>();
    parseInto(values, 'a=5');
    expect(values.get('a')).toEqual(int64(5n));
  });

  it('changes what is there in place', () => {
    const values = new Map<string, GoValue>([
      ['list', ['a', 'b']],
      ['map', new Map([['x', 1]])],
    ]);
    expect(set('list[1]=c,list[2].k=v,map.y=2', parseInto, values)).toEqual({
      list: ['a', 'c', { k: 'v' }],
      map: { x: 1, y: 2 },
    });
  });

  it('keeps keys that mean something to JavaScript', () => {
    const values = new Map<string, GoValue>();
    parseInto(values, '__proto__.x=1');
    expect(values.get('__proto__')).toEqual(new Map([['x', int64(1n)]]));
  });

  it.each([
    ['a', 'key "a" has no value'],
    ['a,b=1', 'key "a" has no value (cannot end with ,)'],
    ['a.b', 'key "b" has no value'],
    ['a.=1', 'key map "a" has no value'],
    ['a={1,2', "list must terminate with '}'"],
    ['a[-1]=1', 'negative -1 index not allowed'],
    ['a[x]=1', 'error parsing index: strconv.Atoi: parsing "x": invalid syntax'],
    [
      'a[99999999999999999999]=1',
      'error parsing index: strconv.Atoi: parsing "99999999999999999999": value out of range',
    ],
    ['a[65537]=1', 'index of 65537 is greater than maximum supported index of 65536'],
    ['a[0]bc=1', "unexpected data at end of array index: ['b' 'c']"],
    ['a=1,a.b=2', 'unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}'],
    ['a=1,a[0]=2', 'unable to parse key: interface conversion: interface {} is int64, not []interface {}'],
    ['a=null,a.b=2', 'unable to parse key: interface conversion: interface {} is nil, not map[string]interface {}'],
    [`${'a.'.repeat(31)}b=1`, 'value name nested level is greater than maximum supported nested level of 30'],
  ])('refuses %s', (text, message) => {
    expect(() => set(text)).toThrow(message);
  });
});

describe('the other flags', () => {
  it('--set-string leaves text alone', () => {
    expect(set('a=1,b={true,null}', parseIntoString)).toEqual({ a: '1', b: ['true', 'null'] });
  });

  it('--set-json reads values that JSON ends', () => {
    expect(set('a={"x":[1,"}"]}, b=2.5,c=, d="\\ud83d", e[1]=null', parseJsonInto)).toEqual({
      a: { x: [1, '}'] },
      ' b': 2.5,
      c: null,
      ' d': '\ufffd',
      ' e': [null, null],
    });
  });

  it.each(['a=x', 'a=[1', 'a="', 'a=1.', 'a=1e999', `a=${'['.repeat(5000)}${']'.repeat(5000)}`])(
    '--set-json refuses %s',
    (text) => {
      expect(() => set(text, parseJsonInto)).toThrow('invalid JSON value');
    },
  );

  it('--set-literal takes all after the first equals sign', () => {
    expect(set('a.b[0]={x},y=\\1', parseLiteralInto)).toEqual({ a: { b: ['{x},y=\\1'] } });
  });

  it('--set-file reads each path', () => {
    const parser: Parser = (into, text) => parseFileInto(into, text, { read: (path) => `<${path}>` });
    expect(set('a=x.txt,b[0]=y,c={p,q}', parser)).toEqual({ a: '<x.txt>', b: ['<y>'], c: ['<p>', '<q>'] });
  });
});
