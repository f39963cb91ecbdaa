/** The drafts of JSON Schema: where each keeps its identifiers and its subschemas. */

export interface Draft {
  readonly version: 4 | 6 | 7 | 2019 | 2020;
  /** Address of the meta-schema. */
  readonly url: string;
  readonly idKeyword: 'id' | '$id';
  /** Keywords that hold a schema, a list of schemas, or a map of schemas. */
  readonly schemaKeywords: readonly string[];
  readonly listKeywords: readonly string[];
  readonly mapKeywords: readonly string[];
}

const draft4: Draft = {
  version: 4,
  url: 'http://json-schema.org/draft-04/schema',
  idKeyword: 'id',
  schemaKeywords: ['not', 'additionalProperties', 'items', 'additionalItems'],
  listKeywords: ['allOf', 'anyOf', 'oneOf', 'items'],
  mapKeywords: ['definitions', 'properties', 'patternProperties', 'dependencies'],
};

const draft6: Draft = {
  ...draft4,
  version: 6,
  url: 'http://json-schema.org/draft-06/schema',
  idKeyword: '$id',
  schemaKeywords: [...draft4.schemaKeywords, 'propertyNames', 'contains'],
};

const draft7: Draft = {
  ...draft6,
  version: 7,
  url: 'http://json-schema.org/draft-07/schema',
  schemaKeywords: [...draft6.schemaKeywords, 'if', 'then', 'else'],
};

const draft2019: Draft = {
  ...draft7,
  version: 2019,
  url: 'https://json-schema.org/draft/2019-09/schema',
  schemaKeywords: [...draft7.schemaKeywords, 'unevaluatedProperties', 'unevaluatedItems', 'contentSchema'],
  mapKeywords: [...draft7.mapKeywords, '$defs', 'dependentSchemas'],
};

/** What a schema without `$schema` is. */
export const latestDraft: Draft = {
  ...draft2019,
  version: 2020,
  url: 'https://json-schema.org/draft/2020-12/schema',
  listKeywords: [...draft2019.listKeywords, 'prefixItems'],
};

const byAddress: ReadonlyMap<string, Draft> = new Map(
  [draft4, draft6, draft7, draft2019, latestDraft].map((draft) => [withoutScheme(draft.url), draft]),
);

/** The draft that `$schema` names; undefined for any other meta-schema. */
export function draftOf(schemaUrl: string): Draft | undefined {
  const [address = '', fragment = ''] = schemaUrl.split('#');
  if (fragment !== '') return undefined;
  const known = withoutScheme(address);
  return known === 'json-schema.org/schema' ? latestDraft : byAddress.get(known);
}

export function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, '');
}
