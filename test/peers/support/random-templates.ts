/**
 * Random charts: templates from a grammar of text/template's actions and of calls with arguments that are mostly, not
 * always, of the kinds that the functions want.
 */
import type { TemplateCase } from '../../conformance/templates.ts';
import { randomRelease } from './random-releases.ts';
import { createRandomChoices, type RandomChoices } from './random-source.ts';
import { randomValues, valuePaths } from './random-values.ts';
import { type Kind, type RandomFunction, randomFunctions } from './template-functions.ts';
import { literals, objectPaths, riskyOperands } from './template-literals.ts';

/** Percent of arguments that are of any other kind: one of these for each chart. Most charts should render. */
const SLOPPINESS: readonly number[] = [0, 0, 0, 0, 1, 2, 6];

const byResult = new Map<Kind, RandomFunction[]>();
for (const each of randomFunctions) byResult.set(each.result, [...(byResult.get(each.result) ?? []), each]);

const stringFunctions = byResult.get('string') ?? [];

/** Where a piece of template stands. */
interface Place {
  readonly depth: number;
  readonly variables: readonly string[];
  readonly inRange: boolean;
  /** False where the dot is all there is: its text has an address in it, whose length alone differs. */
  readonly hasDot: boolean;
  /** Templates that may be called: a definition calls only those behind it, since recursion has no end. */
  readonly callable: readonly string[];
}

const HELPERS: readonly string[] = ['h0', 'h1', 'h2'];

class TemplateWriter {
  private readonly random: RandomChoices;
  private readonly sloppiness: number;

  constructor(random: RandomChoices) {
    this.random = random;
    this.sloppiness = random.pick(SLOPPINESS);
  }

  file(): string {
    return this.statements(
      { depth: 0, variables: [], inRange: false, hasDot: false, callable: HELPERS },
      1 + this.random.below(5),
    );
  }

  /** A file of definitions: h0, h1, h2. */
  helpers(): string {
    return HELPERS.map((name, index) => {
      const place: Place = {
        depth: 2,
        variables: [],
        inRange: false,
        hasDot: false,
        callable: HELPERS.slice(index + 1),
      };
      const body = this.statements(place, 1 + this.random.below(3));
      return `${this.open()}define "${name}"${this.close()}${body}${this.open()}end${this.close()}\n`;
    }).join('');
  }

  private statements(place: Place, count: number): string {
    let out = '';
    let current = place;
    for (let i = 0; i < count; i++) {
      if (this.random.chance(12)) {
        const name = this.random.pick(['$x', '$y', '$z']);
        out += this.action(`${name} := ${this.pipeline(current)}`);
        current = { ...current, variables: [...current.variables, name] };
      } else out += this.statement(current);
    }
    return out;
  }

  private statement(place: Place): string {
    const { random } = this;
    const inner: Place = { ...place, depth: place.depth + 1 };
    const choice = random.below(place.depth > 3 ? 60 : 100);
    if (choice < 14) return this.text();
    if (choice < 54) return this.action(this.pipeline(place));
    if (choice < 57 && place.variables.length > 0) {
      return this.action(`${random.pick(place.variables)} = ${this.pipeline(place)}`);
    }
    if (choice < 59) return `{{${random.pick(['/* note */', '- /* a\nb */ -', '/**/'])}}}`;
    if (choice < 60) return place.inRange ? this.action(random.pick(['break', 'continue'])) : this.text();
    if (choice < 74) return this.condition(inner);
    if (choice < 90) return this.range(inner);
    if (choice < 93 && place.callable.length > 0) {
      return this.action(`template "${random.pick(place.callable)}" ${this.scope(place)}`);
    }
    if (choice < 95 && place.depth === 0) {
      return `${this.action(`block "block${random.below(1000)}" ${this.scope(place)}`)}${this.body({ ...inner, variables: [], inRange: false, hasDot: false })}${this.action('end')}`;
    }
    return this.with(inner);
  }

  private condition(place: Place): string {
    let out = this.action(`if ${this.pipeline(place, this.random.chance(60) ? 'bool' : 'any')}`) + this.body(place);
    if (this.random.chance(20)) out += this.action(`else if ${this.pipeline(place, 'bool')}`) + this.body(place);
    if (this.random.chance(40)) out += this.action('else') + this.body(place);
    return out + this.action('end');
  }

  private with(place: Place): string {
    const name = this.random.chance(30) ? '$w' : undefined;
    const inner = name === undefined ? place : { ...place, variables: [...place.variables, name] };
    let out = this.action(`with ${name === undefined ? '' : `${name} := `}${this.pipeline(place)}`) + this.body(inner);
    if (this.random.chance(20)) out += this.action(`else with ${this.pipeline(place)}`) + this.body(place);
    if (this.random.chance(40)) out += this.action('else') + this.body(inner);
    return out + this.action('end');
  }

  private range(place: Place): string {
    const { random } = this;
    const over = random.pick<Kind>([
      'list',
      'list',
      'map',
      'map',
      random.chance(this.sloppiness * 3) ? 'any' : 'list',
      'size',
    ]);
    const names = random.pick([[], [], ['$v'], over === 'size' ? [] : ['$k', '$v']]);
    const value = over === 'size' ? random.pick(literals.size) : this.pipeline(place, over);
    const inner: Place = { ...place, variables: [...place.variables, ...names], inRange: true, hasDot: true };
    let out = this.action(`range ${names.length === 0 ? '' : `${names.join(', ')} := `}${value}`) + this.body(inner);
    if (random.chance(20)) out += this.action('else') + this.body(place);
    return out + this.action('end');
  }

  private body(place: Place): string {
    return this.statements(place, 1 + this.random.below(3));
  }

  private text(): string {
    return this.random.pick([
      '\n',
      ' ',
      'text ',
      '\n  key: ',
      '# x\n',
      '"',
      '---\n',
      '\t\n ',
      'é',
      '}}',
      ' { ',
      '- a\n',
      '',
    ]);
  }

  private action(content: string): string {
    return `${this.open()}${content}${this.close()}`;
  }

  private open(): string {
    return this.random.pick(['{{', '{{ ', '{{ ', '{{ ', '{{- ', '{{-\n']);
  }

  private close(): string {
    return this.random.pick(['}}', ' }}', ' }}', ' }}', ' -}}', '\n-}}']);
  }

  private pipeline(place: Place, kind: Kind = 'any'): string {
    const { random } = this;
    if (place.depth > 6 || random.chance(50)) return this.command(kind, place);
    const target = this.functionFor(kind);
    // What a pipe brings is the last argument.
    const piped = target.rest ?? target.parameters.at(-1) ?? 'any';
    if (piped === 'size' || piped === 'format') return this.call(target, place);
    const inner = { ...place, depth: place.depth + 1 };
    const parameters = target.rest === undefined ? target.parameters.slice(0, -1) : target.parameters;
    const args = parameters.map((each) => this.operand(each, inner));
    return `${this.pipeline(inner, piped)} | ${[target.name, ...args].join(' ')}`;
  }

  private functionFor(kind: Kind): RandomFunction {
    const { random } = this;
    const isAny = kind === 'any' ? random.chance(80) : random.chance(this.sloppiness);
    const target = random.pick(isAny ? randomFunctions : (byResult.get(kind) ?? stringFunctions));
    return target.isRisky && !random.chance(this.sloppiness * 5) ? this.functionFor(kind) : target;
  }

  /** A call, or an operand alone. */
  private command(kind: Kind, place: Place): string {
    const { random } = this;
    if (place.depth > 6 || kind === 'size' || kind === 'format' || random.chance(35)) return this.operand(kind, place);
    if ((kind === 'any' || kind === 'string') && place.callable.length > 0 && random.chance(6)) {
      return `include "${random.pick(place.callable)}" ${this.scope(place)}`;
    }
    if ((kind === 'any' || kind === 'string') && random.chance(4)) return `tpl ${this.operand('string', place)} $`;
    if (random.chance(2))
      return `tpl ${JSON.stringify(`<{{ ${this.command('any', { ...place, depth: 5, variables: [] })} }}>`)} $`;
    if ((kind === 'any' || kind === 'list') && random.chance(3))
      return `keys ${this.operand('map', place)} | sortAlpha`;
    if ((kind === 'any' || kind === 'list') && random.chance(2))
      return `values ${this.operand('map', place)} | sortAlpha`;
    return this.call(this.functionFor(kind), place);
  }

  private call(target: RandomFunction, place: Place): string {
    const { random } = this;
    const inner = { ...place, depth: place.depth + 1 };
    const args = target.parameters.map((kind) => this.operand(kind, inner));
    const { rest } = target;
    if (rest !== undefined) for (let i = random.below(3); i > 0; i--) args.push(this.operand(rest, inner));
    if (random.below(1000) < this.sloppiness) args.pop();
    if (random.below(1000) < this.sloppiness) args.push(this.operand('any', inner));
    return [target.name, ...args].join(' ');
  }

  private operand(kind: Kind, place: Place): string {
    const { random } = this;
    const isLoose = kind === 'any' || random.chance(this.sloppiness);
    if (kind === 'format') return this.format();
    if (random.chance(this.sloppiness)) return this.oddOperand(kind, place);
    if (kind === 'size') return random.pick(literals.size);
    const choice = random.below(100);
    if (choice < 35 || place.depth > 5) return random.pick(literals[kind]);
    if (choice < 65) return this.path(kind);
    if (choice < 72 && isLoose && place.variables.length > 0) return this.variable(place);
    if (choice < 76 && isLoose) return random.pick(objectPaths);
    if (choice < 80 && isLoose) return place.hasDot ? '.' : '$.Values';
    if (!byResult.has(kind) && kind !== 'any') return random.pick(literals[kind]);
    const inner = { ...place, depth: place.depth + 1 };
    return `(${random.chance(80) ? this.call(this.functionFor(kind), inner) : this.pipeline(inner, kind)})`;
  }

  /** An operand that hardly fits. */
  private oddOperand(kind: Kind, place: Place): string {
    const { random } = this;
    if (random.chance(30)) return random.pick(riskyOperands);
    if (random.chance(20)) return `(${this.call(this.functionFor('map'), { ...place, depth: 5 })}).a`;
    return random.pick(
      literals[kind === 'size' ? 'string' : random.pick<Kind>(['any', 'list', 'map', 'string', 'bool'])],
    );
  }

  private path(kind: Kind): string {
    const paths = valuePaths[kind];
    return paths === undefined ? this.random.pick(literals[kind]) : `$.Values.${this.random.pick(paths)}`;
  }

  /** What a called template gets as its dot and `$`: mostly all there is, which its paths begin with. */
  private scope(place: Place): string {
    return this.random.chance(this.sloppiness * 4) ? this.operand('any', place) : '$';
  }

  private variable(place: Place): string {
    const name = this.random.pick(place.variables);
    return this.random.chance(this.sloppiness) ? `${name}.${this.random.pick(['a', 'name', 'b.c'])}` : name;
  }

  private format(): string {
    const { random } = this;
    const verb = (): string => {
      const flags = random.chance(30) ? random.pick(['-', '+', '#', ' ', '0', '+#', '-0']) : '';
      const width = random.chance(25) ? random.pick(['1', '5', '12', '*', '[1]']) : '';
      const precision = random.chance(20) ? random.pick(['.0', '.2', '.', '.10', '.*']) : '';
      // No p: even of an empty list Go prints an address of the program, and a sum of it hides that.
      return `%${flags}${width}${precision}${random.pick([...'sdvqfgexXtTboOcUEG%w', 's', 'd', 'v', 'q', 'v'])}`;
    };
    const text = Array.from({ length: 1 + random.below(3) }, () => random.pick(['', 'a', '-', ' ']) + verb()).join('');
    return JSON.stringify(random.chance(3) ? `${text}%` : text);
  }
}

const subChart = 'apiVersion: v2\nname: sub\nversion: 0.1.0\n';

/** A random case; the same for the same seed. */
export function randomCase(seed: number): TemplateCase {
  const random = createRandomChoices(seed);
  if (random.chance(25)) return randomRelease(`seed-${seed}`, random);
  const writer = new TemplateWriter(random);
  const templates: Record<string, string> = {
    'templates/case.yaml': garbled(random, writer.file()),
    'templates/_helpers.tpl': writer.helpers(),
  };
  const files: Record<string, string> = { 'config.txt': 'one\ntwo: 2\n\n' };
  if (random.chance(30)) {
    files['charts/sub/Chart.yaml'] = subChart;
    files['charts/sub/values.yaml'] = randomValues(random);
    files['charts/sub/templates/sub.yaml'] = writer.file();
  }
  return {
    id: `seed-${seed}`,
    templates,
    files,
    values: randomValues(random),
    ...(random.chance(30)
      ? {
          overrides: randomValues(random)
            .split('\n')
            .filter((line) => /^\w+: \S/.test(line) && !line.endsWith('|') && random.chance(30))
            .join('\n'),
        }
      : {}),
    ...(random.chance(4) ? { strict: true } : {}),
    ...(random.chance(5) ? { lint: true } : {}),
    release: { isUpgrade: random.chance(20), revision: 1 + random.below(3) },
  };
}

/** The text as it is, or in a few cases with something taken out, put in or doubled: for the errors of the parser. */
function garbled(random: RandomChoices, text: string): string {
  if (!random.chance(5)) return text;
  const at = random.below(text.length + 1);
  const length = random.below(6);
  const insert = random.pick([
    '',
    '{{',
    '}}',
    '(',
    ')',
    '|',
    '"',
    '`',
    "'",
    ':=',
    '.',
    '$',
    ' ',
    '{{end}}',
    '{{else}}',
    '-',
    '/*',
    ',',
    '=',
    '%',
    '1x',
    '1e1000',
    "'ab'",
    '$nowhere',
    '"\\z"',
    '\\',
  ]);
  return text.slice(0, at) + insert + text.slice(at + length);
}
