/**
 * All functions by their names.
 */
import { CelError, NO_SUCH_OVERLOAD, type Value, valueType } from '../values.ts';
import { AUTHORIZER_FUNCTIONS } from './authorizer.ts';
import { FORMAT_FUNCTIONS } from './formats.ts';
import type { CelFunction } from './function.ts';
import { LIST_FUNCTIONS, MAP_FUNCTIONS, OPTIONAL_FUNCTIONS, REGEX_FUNCTIONS } from './lists.ts';
import { NETWORK_FUNCTIONS, networkText } from './network.ts';
import { STANDARD_FUNCTIONS, TO_STRING } from './standard.ts';
import { STRING_FUNCTIONS } from './strings.ts';
import { URL_FUNCTIONS } from './urls.ts';
import { VERSION_FUNCTIONS } from './versions.ts';

const FUNCTIONS: ReadonlyMap<string, CelFunction> = new Map(
  [
    ...STANDARD_FUNCTIONS,
    ...STRING_FUNCTIONS,
    ...LIST_FUNCTIONS,
    ...REGEX_FUNCTIONS,
    ...OPTIONAL_FUNCTIONS,
    ...MAP_FUNCTIONS,
    ...URL_FUNCTIONS,
    ...NETWORK_FUNCTIONS,
    ...VERSION_FUNCTIONS,
    ...FORMAT_FUNCTIONS,
    ...AUTHORIZER_FUNCTIONS,
    { name: 'string', call: (args) => TO_STRING(args) ?? networkText(args) } satisfies CelFunction,
  ].map((each) => [each.name, each]),
);

/** Calls a function; that no overload takes the arguments is told as cel-go does. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const found = FUNCTIONS.get(name);
  const result = found?.call(args);
  if (result !== undefined) return result;
  if (found?.complaint === 'bare') return NO_SUCH_OVERLOAD;
  if (found?.complaint === 'name') return new CelError(`no such overload: ${name}`);
  return new CelError(`no such overload: ${name}(${args.map((arg) => valueType(arg).name).join(', ')})`);
}

/** Whether a function is there; for a test that all declared ones are. */
export function hasFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}
