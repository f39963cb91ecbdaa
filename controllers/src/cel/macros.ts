/**
 * The macros: calls that become other expressions before types are checked (cel-go's parser/macro.go, cel/library.go's
 * optMap and optFlatMap, ext/comprehensions.go and ext/lists.go's sortBy).
 */
import { ACCUMULATOR, type Expr } from './ast.ts';
import type { Nodes } from './nodes.ts';

/** What is wrong with a macro's arguments, and where. */
class MacroProblem {
  readonly at: Expr;
  readonly message: string;

  constructor(at: Expr, message: string) {
    this.at = at;
    this.message = message;
  }
}

/** `offset` is the place of all that the macro makes. */
type Expand = (nodes: Nodes, offset: number, args: readonly Expr[], target: Expr) => Expr | MacroProblem;

const OVERWRITES = 'iteration variable overwrites accumulator variable';
const isAccumulator = (name: string): boolean => name === ACCUMULATOR || name === '__result__';

interface Fold {
  readonly init: Expr;
  readonly condition?: Expr;
  readonly step: Expr;
  readonly result?: Expr;
}

/** A fold over the macro's target with the variables that its first arguments name. */
function fold(
  variables: 1 | 2,
  complaint: string,
  make: (nodes: Nodes, offset: number, rest: readonly Expr[], names: readonly string[], first: Expr) => Fold,
): Expand {
  return (nodes, offset, args, range) => {
    const named = args.slice(0, variables);
    const names: string[] = [];
    for (const arg of named) {
      if (arg.kind !== 'ident') return new MacroProblem(arg, complaint);
      names.push(arg.name);
    }
    const [first, second] = named;
    const [variable = '', variable2] = names;
    if (second !== undefined && variable === variable2)
      return new MacroProblem(second, `duplicate variable name: ${variable}`);
    for (const [index, name] of names.entries())
      if (isAccumulator(name)) return new MacroProblem(named[index] ?? range, OVERWRITES);
    const parts = make(nodes, offset, args.slice(variables), names, first ?? range);
    return {
      kind: 'comprehension',
      id: nodes.id(offset),
      range,
      variable,
      variable2,
      accumulator: ACCUMULATOR,
      init: parts.init,
      condition: parts.condition ?? nodes.literal(offset, true),
      step: parts.step,
      result: parts.result ?? nodes.accumulator(offset),
    };
  };
}

const SIMPLE_NAME = 'argument must be a simple name';
const IDENTIFIER = 'argument is not an identifier';

const all = (variables: 1 | 2): Expand =>
  fold(variables, SIMPLE_NAME, (nodes, offset, [predicate = nodes.literal(offset, true)]) => ({
    init: nodes.literal(offset, true),
    condition: nodes.call(offset, '@not_strictly_false', nodes.accumulator(offset)),
    step: nodes.call(offset, '_&&_', nodes.accumulator(offset), predicate),
  }));

const exists = (variables: 1 | 2): Expand =>
  fold(variables, SIMPLE_NAME, (nodes, offset, [predicate = nodes.literal(offset, true)]) => ({
    init: nodes.literal(offset, false),
    condition: nodes.call(offset, '@not_strictly_false', nodes.call(offset, '!_', nodes.accumulator(offset))),
    step: nodes.call(offset, '_||_', nodes.accumulator(offset), predicate),
  }));

const existsOne = (variables: 1 | 2): Expand =>
  fold(variables, SIMPLE_NAME, (nodes, offset, [predicate = nodes.literal(offset, true)]) => ({
    init: nodes.literal(offset, 0n),
    step: nodes.call(
      offset,
      '_?_:_',
      predicate,
      nodes.call(offset, '_+_', nodes.accumulator(offset), nodes.literal(offset, 1n)),
      nodes.accumulator(offset),
    ),
    result: nodes.call(offset, '_==_', nodes.accumulator(offset), nodes.literal(offset, 1n)),
  }));

/** A step that is only taken where the filter holds. */
function filtered(nodes: Nodes, offset: number, filter: Expr | undefined, step: Expr): Expr {
  return filter === undefined ? step : nodes.call(offset, '_?_:_', filter, step, nodes.accumulator(offset));
}

function append(nodes: Nodes, offset: number, element: Expr): Expr {
  return nodes.call(offset, '_+_', nodes.accumulator(offset), nodes.list(offset, [element]));
}

const map = (variables: 1 | 2, complaint: string): Expand =>
  fold(variables, complaint, (nodes, offset, rest) => {
    const [filter, transform] = rest.length === 2 ? rest : [undefined, rest[0]];
    const step = append(nodes, offset, transform ?? nodes.literal(offset, null));
    return { init: nodes.list(offset, []), step: filtered(nodes, offset, filter, step) };
  });

const filter = fold(1, IDENTIFIER, (nodes, offset, [predicate], _names, variable) => ({
  init: nodes.list(offset, []),
  step: filtered(nodes, offset, predicate, append(nodes, offset, variable)),
}));

const transformMap = (byEntry: boolean): Expand =>
  fold(2, SIMPLE_NAME, (nodes, offset, rest, [key = '']) => {
    const [when, transform = nodes.literal(offset, null)] = rest.length === 2 ? rest : [undefined, rest[0]];
    const entry = byEntry ? [transform] : [nodes.ident(offset, key), transform];
    const step = nodes.call(offset, 'cel.@mapInsert', nodes.accumulator(offset), ...entry);
    return { init: nodes.map(offset, []), step: filtered(nodes, offset, when, step) };
  });

const optionalMap = (name: string, wrap: boolean): Expand => {
  return (nodes, offset, [variable, body], target) => {
    if (variable === undefined || body === undefined) return target;
    if (variable.kind !== 'ident')
      return new MacroProblem(variable, `${name}() variable name must be a simple identifier`);
    const bound: Expr = {
      kind: 'comprehension',
      range: nodes.list(offset, []),
      variable: '#unused',
      variable2: undefined,
      accumulator: variable.name,
      init: nodes.memberCall(offset, 'value', nodes.copy(target)),
      condition: nodes.literal(offset, false),
      step: nodes.ident(offset, variable.name),
      result: body,
      id: nodes.id(offset),
    };
    return nodes.call(
      offset,
      '_?_:_',
      nodes.memberCall(offset, 'hasValue', target),
      wrap ? nodes.call(offset, 'optional.of', bound) : bound,
      nodes.call(offset, 'optional.none'),
    );
  };
};

const RECEIVER_MACROS: ReadonlyMap<string, Expand> = new Map([
  ['all:2', all(1)],
  ['all:3', all(2)],
  ['exists:2', exists(1)],
  ['exists:3', exists(2)],
  ['exists_one:2', existsOne(1)],
  ['exists_one:3', existsOne(2)],
  ['existsOne:3', existsOne(2)],
  ['map:2', map(1, IDENTIFIER)],
  ['map:3', map(1, IDENTIFIER)],
  ['filter:2', filter],
  ['transformList:3', map(2, SIMPLE_NAME)],
  ['transformList:4', map(2, SIMPLE_NAME)],
  ['transformMap:3', transformMap(false)],
  ['transformMap:4', transformMap(false)],
  ['transformMapEntry:3', transformMap(true)],
  ['transformMapEntry:4', transformMap(true)],
  ['optMap:2', optionalMap('optMap', true)],
  ['optFlatMap:2', optionalMap('optFlatMap', false)],
]);

/** What a call becomes; undefined where it is no macro. Problems are reported. */
export function expandMacro(
  nodes: Nodes,
  offset: number,
  name: string,
  target: Expr | undefined,
  args: readonly Expr[],
): Expr | undefined {
  if (target === undefined) return name === 'has' && args.length === 1 ? expandHas(nodes, offset, args) : undefined;
  const made = RECEIVER_MACROS.get(`${name}:${args.length}`)?.(nodes, offset, args, target);
  return made instanceof MacroProblem ? nodes.problem(nodes.offsetOf(made.at), made.message) : made;
}

function expandHas(nodes: Nodes, offset: number, [arg]: readonly Expr[]): Expr | undefined {
  if (arg === undefined) return undefined;
  if (arg.kind !== 'select') return nodes.problem(nodes.offsetOf(arg), 'invalid argument to has() macro');
  return nodes.select(offset, arg.operand, arg.field, true);
}
