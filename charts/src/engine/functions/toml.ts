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
      context.work?.(stepsToDecode(text(value)) + stepsForKeys(text(value)));
      try {
        return decodeToml(text(value));
      } catch (error) {
        if (error instanceof FunctionError) return new Map<string, GoValue>([['Error', error.message]]);
        throw error;
      }
    },
  },
];

/** Each part of a dotted key is looked up from the root on: dots of a line between quotes, signs and brackets. */
function stepsForKeys(source: string): number {
  let steps = 0;
  let dots = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source[i];
    if (character === '.') dots++;
    else if (character === '\n' || character === '=' || character === ',') {
      if (dots > FEW_DOTS) steps += STEPS_A_PAIR * dots * dots;
      dots = 0;
    }
  }
  return dots > FEW_DOTS ? steps + STEPS_A_PAIR * dots * dots : steps;
}

const FEW_DOTS = 32;
const STEPS_A_PAIR = 20;
