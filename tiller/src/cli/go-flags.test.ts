import { describe, expect, it } from 'vitest';
import { checkExclusive, type FlagSpec, formatFlags, parseGoFlags } from './go-flags.ts';

const SPECS: readonly FlagSpec[] = [
  { name: 'name', short: 'n', kind: 'string', help: 'a text' },
  { name: 'go', short: 'g', kind: 'bool', help: 'a switch' },
  { name: 'wait', kind: 'string', bare: 'watcher', help: 'a text that may be left out' },
  { name: 'set', kind: 'stringArray', help: 'texts' },
  { name: 'values', short: 'f', kind: 'strings', help: 'lines of texts' },
  { name: 'labels', short: 'l', kind: 'stringToString', help: 'pairs' },
  { name: 'timeout', kind: 'duration', help: 'a time' },
  { name: 'old-one', kind: 'bool', help: '', deprecated: 'use --go instead' },
];

function parse(...args: string[]) {
  return parseGoFlags(SPECS, args);
}

describe('flags as Go reads them', () => {
  it('stand anywhere, in all ways of writing', () => {
    const { flags, positionals } = parse(
      'a',
      '--name=x',
      'b',
      '-g',
      '--set',
      'p',
      '--set=q,r',
      '-fone,two',
      '-f=three',
      '--',
      '-n',
    );
    expect(positionals).toEqual(['a', 'b', '-n']);
    expect([flags.text('name'), flags.is('go'), flags.list('set'), flags.list('values')]).toEqual([
      'x',
      true,
      ['p', 'q,r'],
      ['one', 'two', 'three'],
    ]);
  });

  it('may share a dash, and take a value that looks like a flag', () => {
    const { flags } = parse('-gn', '--go');
    expect([flags.is('go'), flags.text('name')]).toEqual([true, '--go']);
  });

  it('leave the next argument alone where they need no value', () => {
    const { flags, positionals } = parse('--wait', 'hookOnly', '--go=false');
    expect([flags.text('wait'), flags.is('go'), positionals]).toEqual(['watcher', false, ['hookOnly']]);
  });

  it('read lists as CSV, and pairs', () => {
    const { flags } = parse('-f', '"a,b","say ""x"""', '-l', 'a=b', '-l', 'c=d,e=f=g');
    expect(flags.list('values')).toEqual(['a,b', 'say "x"']);
    expect(flags.list('labels')).toEqual(['a=b', 'c=d', 'e=f=g']);
  });

  it('are known by both forms of their name', () => {
    const { flags, notices } = parse('--old-one');
    expect([flags.has('oldOne'), flags.has('old-one'), flags.has('name')]).toEqual([true, true, false]);
    expect(notices).toEqual(['Flag --old-one has been deprecated, use --go instead']);
  });

  it.each([
    [['--nope'], 'unknown flag: --nope'],
    [['-gx'], "unknown shorthand flag: 'x' in -x"],
    [['--='], 'bad flag syntax: --='],
    [['--set'], 'flag needs an argument: --set'],
    [['-gf'], "flag needs an argument: 'f' in -f"],
    [
      ['--go=maybe'],
      'invalid argument "maybe" for "-g, --go" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--timeout', '5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--timeout', '1y'], 'time: unknown unit "y" in duration "1y"'],
    [['--timeout', ''], 'time: invalid duration ""'],
    [['-l', 'a'], 'a must be formatted as key=value'],
    [['-f', 'a"b'], 'parse error on line 1, column 2: bare " in non-quoted-field'],
    [['-f', '"a'], 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
  ])('%j is told to be: %s', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });

  it('exclude each other in groups', () => {
    expect(() => checkExclusive(parse('--set=a', '--name=b').flags, [['name', 'set']])).toThrow(
      'if any flags in the group [name set] are set none of the others can be; [name set] were all set',
    );
    expect(() => checkExclusive(parse('--set=a').flags, [['name', 'set']])).not.toThrow();
  });

  it('are listed in the help by name, but for those that are deprecated', () => {
    const help = formatFlags(SPECS);
    expect(help).toContain('  -n, --name string             a text\n');
    expect(help.indexOf('--go')).toBeLessThan(help.indexOf('--name'));
    expect(help).not.toContain('old-one');
  });
});

it('refuses a color mode that Helm does not know', () => {
  const specs = [{ name: 'color', kind: 'string', help: '' }] as const;
  expect(() => parseGoFlags(specs, ['--color', 'x'])).toThrow(
    'invalid color mode "x": must be one of: never, auto, always',
  );
  expect(() => parseGoFlags(specs, ['--color', 'never'])).not.toThrow();
});
