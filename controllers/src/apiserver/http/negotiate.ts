/**
 * The Accept header, as apiserver's endpoints/handlers/negotiation reads it (v1.34): the media ranges in the order of
 * their quality, and the first that the endpoint can answer.
 */
import { ApiError } from '../../apimachinery/status.ts';

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

export interface Accepted {
  readonly type: MediaType;
  /** `Table`, `PartialObjectMetadata`, … where the client wants a transformed answer. */
  readonly as: string | undefined;
  readonly group: string | undefined;
  readonly version: string | undefined;
  /** How the header is to be read where an endpoint differs from the others. */
  readonly ranges: readonly MediaRange[];
}

export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** What an endpoint can answer. */
export interface Offer {
  readonly types: readonly MediaType[];
  /** What it can turn its answers into. */
  readonly transforms: readonly string[];
  /** All that its route knows, for the error's text where no type fits. */
  readonly representations?: readonly string[];
}

const JSON_TYPE: MediaType = 'application/json';
const PROTOBUF: MediaType = 'application/vnd.kubernetes.protobuf';
export const ALL_TYPES: readonly MediaType[] = [JSON_TYPE, 'application/yaml', PROTOBUF];
const META_VERSIONS = ['v1', 'v1beta1'];

/** Without an Accept header, and for what fails before it is read. */
export const PLAIN: Accepted = {
  type: JSON_TYPE,
  as: undefined,
  group: undefined,
  version: undefined,
  ranges: [],
};

/** The media ranges of a header, the best first. */
export function parseAccept(header: string | undefined): readonly MediaRange[] {
  if (header === undefined || header.trim() === '') return [];
  return header
    .split(',')
    .map(parseRange)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

/** The first form that the client accepts and the endpoint offers. Throws NotAcceptable. */
export function negotiate(ranges: readonly MediaRange[], offer: Offer): Accepted {
  if (ranges.length === 0) return PLAIN;
  let fits = false;
  for (const { type, parameters } of preferJson(ranges)) {
    const known = offer.types.find((offered) => matches(type, offered));
    if (known === undefined) continue;
    fits = true;
    const as = parameters.get('as');
    const group = parameters.get('g');
    const version = parameters.get('v');
    if (as !== undefined || group !== undefined || version !== undefined) {
      if (as === undefined || !offer.transforms.includes(as)) continue;
      if (group !== 'meta.k8s.io' || !META_VERSIONS.includes(version ?? '')) continue;
      // Tables have no messages.
      if (as === 'Table' && known === PROTOBUF) continue;
    }
    return { type: known, as, group, version, ranges };
  }
  if (fits || offer.representations === undefined) throw notAcceptable(ALL_TYPES);
  const known = offer.representations.join(', ');
  throw new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${known}`, {});
}

/**
 * JSON is the cheaper one to write: a client that reads both gets it. But for what is turned into something else, as
 * metadata has no kind in protobuf, and clients compare.
 */
function preferJson(ranges: readonly MediaRange[]): readonly MediaRange[] {
  const isProtobuf = ({ type, parameters }: MediaRange): boolean => type === PROTOBUF && !parameters.has('as');
  return [...ranges.filter((range) => !isProtobuf(range)), ...ranges.filter(isProtobuf)];
}

export function notAcceptable(types: readonly string[]): ApiError {
  return new ApiError('NotAcceptable', `only the following media types are accepted: ${types.join(', ')}`);
}

/** Whether a range such as `application/*` takes in a type. */
export function matches(range: string, type: string): boolean {
  return range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const equals = part.indexOf('=');
      return equals < 0
        ? ([part, ''] as const)
        : ([part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const);
    }),
  );
  const quality = Number(parameters.get('q') ?? '1');
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}
