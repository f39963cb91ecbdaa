/**
 * Functions on JSON: toJson, toPrettyJson, toRawJson, fromJson, fromJsonArray and their must forms. Follows Sprig 3.3.0
 * (Pretty, Raw and mustFromJson) and Helm 4.3 (the others, whose fromJson gives a dictionary with an Error key).
 */
import { type GoValue, nilMap, nilSlice } from '../gotemplate/go-value.ts';
import { text } from './arguments.ts';
import { stepsToDecode } from './cost.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { decodeJson, jsonKind } from './json-decode.ts';
import { encodeJson, type JsonOptions } from './json-encode.ts';

/** toJson, toPrettyJson, toRawJson, fromJson, fromJsonArray, mustToJson, mustToPrettyJson, mustToRawJson, mustFromJson. */
export const jsonFunctions: readonly TemplateFunction[] = [
  encoder('toJson', { indent: false, escapesHtml: true, isTolerant: true }),
  encoder('mustToJson', { indent: false, escapesHtml: true, isTolerant: false }),
  encoder('toPrettyJson', { indent: true, escapesHtml: true, isTolerant: true }),
  encoder('mustToPrettyJson', { indent: true, escapesHtml: true, isTolerant: false }),
  encoder('toRawJson', { indent: false, escapesHtml: false, isTolerant: false }),
  encoder('mustToRawJson', { indent: false, escapesHtml: false, isTolerant: false }),
  {
    name: 'fromJson',
    parameters: ['string'],
    result: 'map[string]interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      return fromJson(text(value));
    },
  },
  {
    name: 'fromJsonArray',
    parameters: ['string'],
    result: '[]interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      return fromJsonArray(text(value));
    },
  },
  {
    name: 'mustFromJson',
    parameters: ['string'],
    result: 'interface {}',
    call: ([value], context) => {
      context.work?.(stepsToDecode(text(value)));
      const decoded = decodeJson(text(value));
      if (decoded.problem !== undefined) throw new FunctionError(decoded.problem);
      return decoded.value;
    },
  },
];

function encoder(name: string, how: Omit<JsonOptions, 'context'> & { readonly isTolerant: boolean }): TemplateFunction {
  return {
    name,
    parameters: ['interface {}'],
    result: 'string',
    call: ([value], context) => {
      try {
        return encodeJson(value, { ...how, context });
      } catch (error) {
        if (how.isTolerant && error instanceof FunctionError) return '';
        throw error;
      }
    },
  };
}

function fromJson(value: string): GoValue {
  try {
    const decoded = decodeJson(value);
    if (decoded.value === null && decoded.problem === undefined) return nilMap('interface {}');
    const isMap = decoded.value instanceof Map;
    const made = decoded.value instanceof Map ? decoded.value : new Map<string, GoValue>();
    const problem = isMap ? decoded.problem : mismatch(decoded.value, decoded.problem, 'map[string]interface {}');
    if (problem !== undefined) made.set('Error', problem);
    return made;
  } catch (error) {
    if (error instanceof FunctionError) return new Map([['Error', error.message]]);
    throw error;
  }
}

function fromJsonArray(value: string): GoValue {
  try {
    const decoded = decodeJson(value);
    if (decoded.value === null && decoded.problem === undefined) return nilSlice('interface {}');
    const isList = Array.isArray(decoded.value);
    const problem = isList ? decoded.problem : mismatch(decoded.value, decoded.problem, '[]interface {}');
    return problem === undefined ? decoded.value : [problem];
  } catch (error) {
    if (error instanceof FunctionError) return [error.message];
    throw error;
  }
}

/** A value of another kind than the one to read into; a number is not even converted then. */
function mismatch(value: GoValue, problem: string | undefined, type: string): string {
  const kind = value === null && problem !== undefined ? 'number' : jsonKind(value);
  return `json: cannot unmarshal ${kind} into Go value of type ${type}`;
}
