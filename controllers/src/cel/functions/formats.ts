/**
 * format.dns1123Label().validate(…) and the other named formats (the apiserver's pkg/cel/library/format.go).
 */
import {
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
} from '../../apimachinery/names.ts';
import { parseDate, parseTimestamp } from '../time.ts';
import { structType } from '../types.ts';
import { CelList, isError, NONE, Optional } from '../values.ts';
import type { CelFunction } from './function.ts';
import { opaqueKind } from './opaque-values.ts';
import { parseUrl } from './urls.ts';

interface Format {
  readonly name: string;
  /** What its expression is taken to be long, for costs. */
  readonly size: number;
  readonly problems: (text: string) => readonly string[];
}

export const FORMAT_TYPE = structType('kubernetes.NamedFormat');
export const FORMATS = opaqueKind<Format>(FORMAT_TYPE, (a, b) => a.name === b.name);

/** With a dash at the end a prefix of a name is fine: it is taken as if a letter followed. */
function prefixed(check: (text: string) => string[]): (text: string) => readonly string[] {
  return (text) => check(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

const DATE_TIME_SIZE = 72;

function format(key: string, name: string, size: number, problems: Format['problems']): readonly [string, Format] {
  return [key, { name, size, problems }];
}

const NAMED: ReadonlyMap<string, Format> = new Map([
  format('dns1123Label', 'DNS1123Label', 30, isDns1123Label),
  format('dns1123Subdomain', 'DNS1123Subdomain', 60, isDns1123Subdomain),
  format('dns1035Label', 'DNS1035Label', 30, isDns1035Label),
  format('qualifiedName', 'QualifiedName', 60, isQualifiedName),
  format('dns1123LabelPrefix', 'DNS1123LabelPrefix', 30, prefixed(isDns1123Label)),
  format('dns1123SubdomainPrefix', 'DNS1123SubdomainPrefix', 60, prefixed(isDns1123Subdomain)),
  format('dns1035LabelPrefix', 'DNS1035LabelPrefix', 30, prefixed(isDns1035Label)),
  format('labelValue', 'LabelValue', 40, isLabelValue),
  format('uri', 'URI', 1104, (text) => {
    const url = parseUrl(text);
    return typeof url === 'string' ? [url] : [];
  }),
  format('uuid', 'uuid', 69, (text) =>
    /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text)
      ? []
      : ['does not match the UUID format'],
  ),
  format('byte', 'byte', 84, (text) => (isBase64(text) ? [] : ['invalid base64'])),
  format('date', 'date', DATE_TIME_SIZE, (text) => (isError(parseDate(text)) ? ['invalid date'] : [])),
  format('datetime', 'datetime', DATE_TIME_SIZE, (text) => (isError(parseTimestamp(text)) ? ['invalid datetime'] : [])),
]);

function isBase64(text: string): boolean {
  return text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

export const FORMAT_FUNCTIONS: readonly CelFunction[] = [
  ...[...NAMED].map(([key, value]): CelFunction => ({ name: `format.${key}`, call: () => FORMATS.make(value) })),
  {
    name: 'format.named',
    call: ([name]) => {
      if (typeof name !== 'string') return undefined;
      const known = NAMED.get(name);
      return known === undefined ? NONE : new Optional(FORMATS.make(known));
    },
  },
  {
    name: 'validate',
    call: ([value, text]) => {
      const known = FORMATS.read(value);
      if (known === undefined || typeof text !== 'string') return undefined;
      const problems = known.problems(text);
      return problems.length === 0 ? NONE : new Optional(new CelList(problems));
    },
  },
];
