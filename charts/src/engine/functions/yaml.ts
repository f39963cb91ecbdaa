/**
 * Functions on YAML: toYaml, toYamlPretty, fromYaml, fromYamlArray and their must forms. Follows Helm 4.3 over
 * sigs.k8s.io/yaml; the reader and the writers are those of charts.
 */
import { emitYaml } from '../../yaml/emit.ts';
import { emitYamlPretty } from '../../yaml/emit-pretty.ts';
import { YamlError } from '../../yaml/error.ts';
import { parseYamlArray, parseYamlMap } from '../../yaml/parse.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { text } from './arguments.ts';
import { stepsToDecode } from './cost.ts';
import { FunctionError, type TemplateFunction } from './function.ts';

/** toYaml, mustToYaml, toYamlPretty, fromYaml, fromYamlArray. */
export const yamlFunctions: readonly TemplateFunction[] = [
  writer('toYaml', emitYaml, () => ''),
  writer('mustToYaml', emitYaml, (error) => {
    throw new FunctionError(error.message);
  }),
  writer('toYamlPretty', emitYamlPretty, (error) => {
    // go-yaml panics here, which Helm does not catch.
    if (error.message.startsWith('cannot marshal type: ')) throw new FunctionError(error.message);
    return '';
  }),
  {
    name: 'fromYaml',
    parameters: ['string'],
    result: 'map[string]interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      try {
        return parseYamlMap(text(value));
      } catch (error) {
        if (error instanceof YamlError) return new Map<string, GoValue>([['Error', error.message]]);
        throw error;
      }
    },
  },
  {
    name: 'fromYamlArray',
    parameters: ['string'],
    result: '[]interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      try {
        return parseYamlArray(text(value));
      } catch (error) {
        if (error instanceof YamlError) return [error.message];
        throw error;
      }
    },
  },
];

function writer(
  name: string,
  emit: (value: GoValue) => string,
  failed: (error: YamlError) => string,
): TemplateFunction {
  return {
    name,
    parameters: ['interface {}'],
    result: 'string',
    call: ([value], context) => {
      try {
        const written = emit(value);
        context.spend(written.length);
        return written.endsWith('\n') ? written.slice(0, -1) : written;
      } catch (error) {
        if (error instanceof YamlError) return failed(error);
        throw error;
      }
    },
  };
}
