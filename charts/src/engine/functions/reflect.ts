/** Functions on types: typeOf, kindOf, typeIs, kindIs, deepEqual. Follows Sprig 3.3.0 over Go's reflect. */
import { kindOf, typeName } from '../gotemplate/go-types.ts';
import { text } from './arguments.ts';
import { deepEqual } from './deep-equal.ts';
import type { TemplateFunction } from './function.ts';

/** typeOf, typeIs, typeIsLike, kindOf, kindIs, deepEqual. */
export const reflectFunctions: readonly TemplateFunction[] = [
  { name: 'typeOf', parameters: ['interface {}'], result: 'string', call: ([value]) => typeName(value) },
  {
    name: 'typeIs',
    parameters: ['string', 'interface {}'],
    result: 'bool',
    call: ([name, value]) => text(name) === typeName(value),
  },
  {
    name: 'typeIsLike',
    parameters: ['string', 'interface {}'],
    result: 'bool',
    call: ([name, value]) => [text(name), `*${text(name)}`].includes(typeName(value)),
  },
  { name: 'kindOf', parameters: ['interface {}'], result: 'string', call: ([value]) => kindOf(value) },
  {
    name: 'kindIs',
    parameters: ['string', 'interface {}'],
    result: 'bool',
    call: ([kind, value]) => text(kind) === kindOf(value),
  },
  {
    name: 'deepEqual',
    parameters: ['interface {}', 'interface {}'],
    result: 'bool',
    call: ([a, b]) => deepEqual(a, b),
  },
];
