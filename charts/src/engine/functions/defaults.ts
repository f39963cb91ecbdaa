/** Functions on empty values: default, empty, coalesce, all, any, ternary. Follows Sprig 3.3.0. */
import { isTruthy } from '../gotemplate/go-types.ts';
import { anything, flag } from './arguments.ts';
import type { TemplateFunction } from './function.ts';

/** default, empty, coalesce, all, any, ternary. Empty is what is not true: 0, "", nil, false, an empty list or dict. */
export const defaultsFunctions: readonly TemplateFunction[] = [
  {
    name: 'default',
    parameters: ['interface {}', '...interface {}'],
    result: 'interface {}',
    call: (args) => (args.length > 1 && isTruthy(args[1]) ? anything(args[1]) : anything(args[0])),
  },
  { name: 'empty', parameters: ['interface {}'], result: 'bool', call: ([value]) => !isTruthy(value) },
  {
    name: 'coalesce',
    parameters: ['...interface {}'],
    result: 'interface {}',
    call: (args) => anything(args.find(isTruthy)),
  },
  { name: 'all', parameters: ['...interface {}'], result: 'bool', call: (args) => args.every(isTruthy) },
  { name: 'any', parameters: ['...interface {}'], result: 'bool', call: (args) => args.some(isTruthy) },
  {
    name: 'ternary',
    parameters: ['interface {}', 'interface {}', 'bool'],
    result: 'interface {}',
    call: ([yes, no, holds]) => anything(flag(holds) ? yes : no),
  },
];
