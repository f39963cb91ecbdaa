/**
 * Accept and Content-Type, as apiserver's endpoints/handlers/negotiation reads them (v1.34).
 */
import { ApiError } from '../../apimachinery/status.ts';

export interface Accepted {
  readonly type: 'application/json' | 'application/yaml';
  /** `Table`, `PartialObjectMetadata`, … where the client wants a transformed answer. */
  readonly as: string | undefined;
  readonly group: string | undefined;
  readonly version: string | undefined;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const TRANSFORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList']);
const PLAIN: Accepted = { type: 'application/json', as: undefined, group: undefined, version: undefined };

/** The first acceptable form. Throws NotAcceptable. */
export function negotiate(accept: string | undefined): Accepted {
  if (accept === undefined || accept.trim() === '') return PLAIN;
  const ranges = accept.split(',').map(parseRange);
  for (const { type, parameters, quality } of [...ranges].sort((a, b) => b.quality - a.quality)) {
    if (quality === 0) continue;
    const as = parameters.get('as');
    if (as !== undefined && !TRANSFORMS.has(as)) continue;
    const known =
      type === 'application/json' || type === '*/*' || type === 'application/*'
        ? 'application/json'
        : type === 'application/yaml'
          ? type
          : undefined;
    if (known === undefined) continue;
    return { type: known, as, group: parameters.get('g'), version: parameters.get('v') };
  }
  throw new ApiError(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml',
  );
}

/** For watches: the stream parameter is fine. */
function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
    }),
  );
  const quality = Number(parameters.get('q') ?? '1');
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}
