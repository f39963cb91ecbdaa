/**
 * The values a user gives on a command line or in a request, layer over layer in Helm's order: files, --set-json,
 * --set, --set-string, --set-file, --set-literal, whatever the order of the flags. Follows Helm v4's pkg/cli/values.
 */
import { ChartError } from '../chart/chart-error.ts';
import { parseFileInto, parseInto, parseIntoString, parseJsonInto, parseLiteralInto } from './strvals.ts';
import { createSetBudget, type SetBudget } from './strvals-reader.ts';
import { type JsonValue, mergeMaps, parseValues, type Values, valuesFromJson } from './values.ts';

/** Each list in the order of its flags. */
export interface ValueLayers {
  readonly files?: readonly { readonly name: string; readonly text: string }[];
  readonly setJson?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly FileSetting[];
  readonly setLiteral?: readonly string[];
}

/** One key and its text, or pairs as --set-file has them (`a=x,b={y,z}`) with the text of each path in them. */
export type FileSetting =
  | { readonly key: string; readonly text: string }
  | { readonly pairs: string; readonly files: readonly { readonly path: string; readonly text: string }[] };

/** The paths that a --set-file names, in order, up to the first mistake in it. */
export function pathsOfPairs(pairs: string): readonly string[] {
  const paths: string[] = [];
  const read = (path: string): string => {
    paths.push(path);
    return '';
  };
  try {
    parseFileInto(new Map(), pairs, { read });
  } catch (error) {
    // It is told where the pairs are set.
    if (!(error instanceof ChartError)) throw error;
  }
  return paths;
}

/** The user-supplied values. Throws ChartError InvalidValues that names the flag or the file. */
export function mergeValueLayers(layers: ValueLayers): Values {
  let values: Values = new Map();
  const budget = createSetBudget();
  for (const { name, text } of layers.files ?? []) values = mergeMaps(values, parseValues(text, name));
  for (const text of layers.setJson ?? []) values = setJson(values, { text, budget });
  // From here on the maps are changed in place: they are ours alone, fresh from the parser.
  for (const text of layers.set ?? []) attempt('--set', () => parseInto(values, text, budget));
  for (const text of layers.setString ?? []) attempt('--set-string', () => parseIntoString(values, text, budget));
  for (const setting of layers.setFile ?? []) attempt('--set-file', () => setFile(values, { setting, budget }));
  for (const text of layers.setLiteral ?? []) attempt('--set-literal', () => parseLiteralInto(values, text, budget));
  return values;
}

function setFile(values: Values, { setting, budget }: { setting: FileSetting; budget: SetBudget }): void {
  if ('key' in setting) {
    parseFileInto(values, `${setting.key}=file`, { read: () => setting.text, budget });
    return;
  }
  const texts = new Map(setting.files.map(({ path, text }) => [path, text]));
  parseFileInto(values, setting.pairs, { read: (path) => texts.get(path) ?? '', budget });
}

function setJson(values: Values, { text, budget }: { readonly text: string; readonly budget: SetBudget }): Values {
  try {
    if (!text.trim().startsWith('{')) {
      parseJsonInto(values, text, budget);
      return values;
    }
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError('InvalidValues', `failed parsing --set-json data ${text}`, {}, error);
  }
  try {
    // A text that starts with a brace is an object or no JSON at all.
    return mergeMaps(values, valuesFromJson(JSON.parse(text) as { readonly [key: string]: JsonValue }));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ChartError)) throw error;
    throw new ChartError('InvalidValues', `failed parsing --set-json data JSON: ${text}`, {}, error);
  }
}

function attempt(flag: string, parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError('InvalidValues', `failed parsing ${flag} data: ${error.message}`, {}, error);
  }
}
