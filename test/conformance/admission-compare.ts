/** How an answer of an API is compared with a recorded one: masked values are not, nor are the managers of fields. */

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Recorded {
  readonly status: number;
  readonly response: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const MASK = '<masked>';

/** The first difference in words; undefined where the answers are equal. */
export function explainDifference({ status, response }: Recorded, answer: Answer): string | undefined {
  if (answer.status !== status) {
    const message = isFields(answer.body) ? (answer.body.message ?? answer.body) : answer.body;
    return `status ${answer.status}, not ${status}: ${shorten(message)}`;
  }
  if (status < 400) return differ(response, answer.body, '');
  // An error that is no Status is plain text of Go's, whose code says all.
  if (!isFields(response) || response.kind !== 'Status') return undefined;
  return differ(factsOf(response), factsOf(answer.body), '');
}

/** What counts in a Status. Causes have no order. */
function factsOf(status: unknown): Fields {
  const { reason, message, details }: Fields = isFields(status) ? status : {};
  const causes = isFields(details) && Array.isArray(details.causes) ? details.causes : [];
  return { reason, message, causes: causes.map(sortedText).sort() };
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

function differ(want: unknown, got: unknown, path: string): string | undefined {
  if (want === MASK) return undefined;
  if (isFields(want) && isFields(got)) return differFields(want, got, path);
  if (Array.isArray(want) && Array.isArray(got)) {
    if (want.length !== got.length) return `${path}: ${got.length} items, not ${want.length}`;
    for (const [index, item] of want.entries()) {
      const difference = differ(item, got[index], `${path}[${index}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (typeof want === 'string' && want.includes(MASK) && typeof got === 'string') return undefined;
  return want === got ? undefined : `${path}: ${shorten(got)}, not ${shorten(want)}`;
}

function differFields(want: Fields, got: Fields, path: string): string | undefined {
  for (const key of [...new Set([...Object.keys(want), ...Object.keys(got)])].sort()) {
    if (key === 'managedFields') continue;
    if (!Object.hasOwn(want, key)) return `${path}.${key} is extra`;
    if (!Object.hasOwn(got, key)) return `${path}.${key} is missing`;
    const difference = differ(want[key], got[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shorten(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 160);
}
