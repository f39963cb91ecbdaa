/** Printing by fmt's verbs; expected texts are Go's. */
import { describe, expect, it } from 'vitest';
import {
  GoFunction,
  GoMap,
  GoNumber,
  GoSlice,
  GoStruct,
  type GoStructType,
  type GoValue,
  int64,
  nilMap,
} from './go-value.ts';
import { formatValue, sprint, sprintf, sprintln } from './printf.ts';

const point: GoStructType = {
  name: '*geo.Point',
  pointer: true,
  fields: [
    { name: 'X', type: 'int' },
    { name: 'Name', type: 'string' },
  ],
  methods: new Map(),
};
const pointer = new GoStruct(
  point,
  new Map<string, GoValue>([
    ['X', 1n],
    ['Name', 'a'],
  ]),
);
const stringer = new GoStruct({ ...point, format: () => 'P1' }, pointer.fields);
const map: GoValue = new Map<string, GoValue>([
  ['b', [1, null]],
  ['a', 'x'],
]);

const cases: readonly (readonly [format: string, args: readonly GoValue[], text: string])[] = [
  ['%[3].7[1]q|%[9].2d', [1n], '%!q(BADINDEX)|%!d(BADINDEX)'],
  ['%w|%#w', [new Uint8Array([1]), new Uint8Array([1])], '[%!w(uint8=1)]|[]uint8{%!w(uint8=0x1)}'],
  ['%v %d %s', [1n, 2n, 'x'], '1 2 x'],
  [
    '%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%#b',
    Array(13).fill(42n),
    '   42|42   |00042|+42| 42|2a|2A|0x2a|52|052|0o52|101010|0b101010',
  ],
  ['%c|%q|%U|%#U|%+q', [0x1f600n, 10n, 0xe9n, 0xe9n, 0xe9n], "😀|'\\n'|U+00E9|U+00E9 'é'|'\\u00e9'"],
  ['%.3d|%8.3d|%.0d|%08.3d', [7n, 7n, 0n, 7n], '007|     007||     007'],
  ['%d', [-42n], '-42'],
  ['%x', [-255n], '-ff'],
  [
    '%f|%.2f|%8.2f|%-8.2f|%08.2f|%+.1f|%e|%E|%g|%G',
    [2.71801, 2.5, 2.5, 2.5, -2.5, 1, 1234.5678, 0.00012, 1e21, 1e-7],
    '2.718010|2.50|    2.50|2.50    |-0002.50|+1.0|1.234568e+03|1.200000E-04|1e+21|1E-07',
  ],
  ['%.0f|%.0f|%.1f|%.3g|%#g|%#.3x', [0.5, 1.5, 0.25, 1234.5, 1, 1], '0|2|0.2|1.23e+03|1.00000|0x1.000p+00'],
  ['%x|%X|%b|%.2x', [1.5, -0.1, 1, 1.999], '0x1.8p+00|-0X1.999999999999AP-04|4503599627370496p-52|0x1.00p+01'],
  ['%v %v %v %6.2v', [1e6, 123456, 1e-5, 2.71801], '1e+06 123456 1e-05    2.7'],
  [
    '%v|%5v|%+v|%f',
    [Number.POSITIVE_INFINITY, Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY],
    '+Inf|  NaN|NaN|-Inf',
  ],
  [
    '%s|%5s|%-5s|%.2s|%q|%+q|%#q|%x|% x|%#x|% #X',
    ['é', 'é', 'é', 'héllo', 'a"b', 'é', 'a"b', 'hi', 'hi', 'hi', 'hi'],
    'é|    é|é    |hé|"a\\"b"|"\\u00e9"|`a"b`|6869|68 69|0x6869|0X68 0X69',
  ],
  ['%t|%v|%7t', [true, false, true], 'true|false|   true'],
  [
    '%v|%+v|%#v|%T',
    [map, map, map, map],
    'map[a:x b:[1 <nil>]]|map[a:x b:[1 <nil>]]|map[string]interface {}{"a":"x", "b":[]interface {}{1, interface {}(nil)}}|map[string]interface {}',
  ],
  [
    '%q|%d|%5v',
    [
      ['a', 'b'],
      [1n, 'x'],
      [1n, 2n],
    ],
    '["a" "b"]|[1 %!d(string=x)]|[    1     2]',
  ],
  ['%v|%+v|%#v|%T', [pointer, pointer, pointer, pointer], '&{1 a}|&{X:1 Name:a}|&geo.Point{X:1, Name:"a"}|*geo.Point'],
  ['%v|%s|%d|%q', [stringer, stringer, stringer, stringer], 'P1|P1|&{1 %!d(string=a)}|"P1"'],
  [
    '%s|%v|%x|%q',
    [new Uint8Array([104, 105]), new Uint8Array([1, 2]), new Uint8Array([10]), new Uint8Array([104])],
    'hi|[1 2]|0a|"h"',
  ],
  [
    '%#v|%#v|%#v',
    [new Uint8Array([1]), new GoSlice('string', ['a']), new GoMap('string', new Map([['k', 'v']]))],
    '[]byte{0x1}|[]string{"a"}|map[string]string{"k":"v"}',
  ],
  [
    '%v|%#v|%T',
    [int64(5n), new GoNumber('uint8', 'uint8', 5n), new GoNumber('float32', 'float32', Math.fround(0.1))],
    '5|0x5|float32',
  ],
  ['%v', [new GoNumber('float32', 'float32', Math.fround(0.1))], '0.1'],
  [
    '%v|%.1f',
    [new GoNumber('complex128', 'complex128', 1, -2), new GoNumber('complex128', 'complex128', 1, 2)],
    '(1-2i)|(1.0+2.0i)',
  ],
  ['%v|%s|%d|%T', [null, null, null, null], '<nil>|%!s(<nil>)|%!d(<nil>)|<nil>'],
  ['%d|%y|%!|%z', ['x', 1n], '%!d(string=x)|%!y(int=1)|%!!(MISSING)|%!z(MISSING)'],
  ['%', [], '%!(NOVERB)'],
  ['100%%', [], '100%'],
  ['%d', [1n, 'x', null], '1%!(EXTRA string=x, <nil>)'],
  ['%[2]d %[1]d', [1n, 2n], '2 1'],
  ['%[3]d|%[x]d|%[2]*[1]d', [1n, 4n], '%!d(BADINDEX)|%!d(BADINDEX)|   1'],
  ['%*d|%-*d|%.*f|%*d', [4n, 1n, 3n, 2n, 1n, 2.25, 'x', 7n], '   1|2  |2.2|%!(BADWIDTH)7'],
  ['%w', ['x'], '%!w(string=x)'],
  ['%s', [['a', 1]], '[a %!s(float64=1)]'],
  ['%v', [nilMap('interface {}')], 'map[]'],
  ['%6.3v|%-8q|', ['abcdef', 'x'], '   abc|"x"     |'],
];

describe('sprintf', () => {
  it.each(cases)('%s', (format, args, text) => {
    expect(sprintf(format, args)).toBe(text);
  });

  it('takes no width of more than eight digits', () => {
    expect(sprintf('%200000000d', [1n])).toBe('%!(NOVERB)%!(EXTRA int=1)');
  });

  it('tells how much a width asks for', () => {
    const asked: number[] = [];
    sprintf('%10d%.5f', [1n, 1], (bytes) => asked.push(bytes));
    expect(asked).toEqual([10, 5]);
  });
});

describe('sprint', () => {
  it('puts spaces between operands of which neither is a string', () => {
    expect(sprint([1n, 2, 'a', 'b', 3n, null, true])).toBe('1 2ab3 <nil> true');
  });

  it('puts spaces between all, and a newline, with ln', () => {
    expect(sprintln(['a', 'b', 1n])).toBe('a b 1\n');
  });
});

describe('formatValue', () => {
  it('is %v', () => {
    expect([1.5, 10n, 'x', true, null, [1, 'a']].map(formatValue)).toEqual([
      '1.5',
      '10',
      'x',
      'true',
      '<nil>',
      '[1 a]',
    ]);
  });

  it('gives functions some address', () => {
    expect(formatValue(new GoFunction('func()', () => null))).toMatch(/^0x[0-9a-f]+$/);
  });
});
