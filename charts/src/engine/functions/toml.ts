/** Functions on TOML: toToml, mustToToml, fromToml. Follows Helm 4.3 over BurntSushi/toml 1.6.0. */
import type { GoValue } from '../gotemplate/go-value.ts';
import { text } from './arguments.ts';
import { stepsToDecode } from './cost.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { decodeToml } from './toml-decode.ts';
import { encodeToml } from './toml-encode.ts';

/** toToml (an error is its result), mustToToml, fromToml (an error is its Error key). */
export const tomlFunctions: readonly TemplateFunction[] = [
  {
    name: 'toToml',
    parameters: ['interface {}'],
    result: 'string',
    call: ([value], context) => {
      try {
        return encodeToml(value, context);
      } catch (error) {
        // What Go panics with is not caught there, either.
        if (error instanceof FunctionError && !error.message.startsWith('reflect: ')) return error.message;
        throw error;
      }
    },
  },
  {
    name: 'mustToToml',
    parameters: ['interface {}'],
    result: 'string',
    call: ([value], context) => encodeToml(value, context),
  },
  {
    name: 'fromToml',
    parameters: ['string'],
    result: 'map[string]interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      try {
        return decodeToml(text(value));
      } catch (error) {
        if (error instanceof FunctionError) return new Map<string, GoValue>([['Error', error.message]]);
        throw error;
      }
    },
  },
];
