/**
 * Helm's functions on templates and the cluster: include, tpl, required, fail, lookup, getHostByName. Follows Helm 4.3,
 * which marks the messages of `required` and `fail` so that only they are shown.
 */
import { anything, text } from './arguments.ts';
import { FunctionError, type TemplateFunction } from './function.ts';

/** include, tpl, required, fail, lookup, getHostByName. */
export const helmFunctions: readonly TemplateFunction[] = [
  {
    name: 'include',
    parameters: ['string', 'interface {}'],
    result: 'string',
    call: ([name, data], context) => context.include(text(name), anything(data)),
  },
  {
    name: 'tpl',
    parameters: ['string', 'interface {}'],
    result: 'string',
    call: ([template, data], context) => context.tpl(text(template), anything(data)),
  },
  {
    name: 'required',
    parameters: ['string', 'interface {}'],
    result: 'interface {}',
    call: ([message, value], context) => {
      if (value !== null && value !== undefined && value !== '') return value;
      if (context.env.lintMode === true) {
        // Helm has two words for it: nothing, and the empty string.
        const what = value === '' ? 'missing required values' : 'missing required value';
        context.env.log?.({ level: 'WARN', message: what, attributes: { message: text(message) } });
        return '';
      }
      throw marked(text(message));
    },
  },
  {
    name: 'fail',
    parameters: ['string'],
    result: 'string',
    call: ([message], context) => {
      if (context.env.lintMode === true) {
        context.env.log?.({ level: 'INFO', message: 'funcMap fail', attributes: { message: text(message) } });
        return '';
      }
      throw marked(text(message));
    },
  },
  {
    name: 'lookup',
    parameters: ['string', 'string', 'string', 'string'],
    result: 'map[string]interface {}',
    call: ([apiVersion, kind, namespace, name], context) =>
      context.env.lintMode === true
        ? new Map()
        : context.env.lookup(text(apiVersion), text(kind), text(namespace), text(name)),
  },
  {
    name: 'getHostByName',
    parameters: ['string'],
    result: 'string',
    call: ([name], context) => context.env.resolveHost?.(text(name)) ?? '',
  },
];

/** An error of which only the message is shown. */
function marked(message: string): FunctionError {
  return new FunctionError(`HELM_ERR_START${message}HELM_ERR_END`);
}
