/**
 * The template of a release's name: Go's text/template with Sprig's functions alone (env and expandenv too, since it comes
 * from the command line), and no data. Follows Helm v4's pkg/action (TemplateName).
 */
import { ChartError } from '../chart/chart-error.ts';
import { TemplateError } from '../engine/engine.ts';
import { text as textOf } from '../engine/functions/arguments.ts';
import { FunctionError, type TemplateFunction } from '../engine/functions/function.ts';
import { functions } from '../engine/functions/functions.ts';
import { nodeCrypto } from '../engine/functions/lazy-modules.ts';
import { createGoTemplateEngine } from '../engine/gotemplate/go-template-engine.ts';
import { defaultLimits } from './limits.ts';

const NAME = 'name-template';

/** What Helm adds to Sprig for charts. */
const ofCharts = [
  ...['include', 'tpl', 'required', 'lookup', 'toYaml', 'toYamlPretty', 'mustToYaml', 'fromYaml', 'fromYamlArray'],
  ...['toToml', 'mustToToml', 'fromToml', 'fromJsonArray'],
];

/** Throws ChartError RenderFailed with the text of Go's text/template. */
export function renderNameTemplate(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const table = new Map(functions);
  for (const name of ofCharts) table.delete(name);
  for (const each of ownFunctions(env)) table.set(each.name, each);
  try {
    return createGoTemplateEngine(table)
      .compile([{ name: NAME, text }])
      .render(NAME, null, {
        lookup: () => new Map(),
        now: Date.now(),
        random: { bytes: (count) => nodeCrypto().randomBytes(count) },
        limits: defaultLimits,
        keepsNoValue: true,
      });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ChartError('RenderFailed', inGoWords(error.message), {}, error);
  }
}

function ownFunctions(env: Readonly<Record<string, string | undefined>>): TemplateFunction[] {
  return [
    { name: 'env', parameters: ['string'], result: 'string', call: ([name]) => env[textOf(name)] ?? '' },
    {
      name: 'expandenv',
      parameters: ['string'],
      result: 'string',
      call: ([given]) =>
        textOf(given).replace(
          /\$(?:\{(\w+)\}|(\w+))/g,
          (_, braced?: string, plain?: string) => env[braced ?? plain ?? ''] ?? '',
        ),
    },
    {
      name: 'fail',
      parameters: ['string'],
      result: 'string',
      call: ([message]) => {
        throw new FunctionError(textOf(message));
      },
    },
  ];
}

/** Helm's engine writes errors over several lines; here they are as Go has them. */
function inGoWords(message: string): string {
  const [, line, reason] = /^parse error at \([^)]*?:(\d+)\): (.*)$/s.exec(message) ?? [];
  if (reason !== undefined) return `template: ${NAME}:${line}: ${reason}`;
  const lines = message.split('\n').map((each) => each.trim());
  const [place = '', ...rest] = lines;
  const joined = [place, ...rest.map((each) => each.replace(/:$/, ''))].join(': ');
  return place.startsWith(`${NAME}:`) ? `template: ${joined}` : message;
}
