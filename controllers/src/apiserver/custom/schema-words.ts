/**
 * What can be said in the schema of a definition (apiextensions-apiserver's pkg/apis/apiextensions/validation, v1.34).
 */
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META = new Set(['metadata', 'kind', 'apiVersion']);
const EMBEDDED = 'x-kubernetes-embedded-resource';
const PRESERVE = 'x-kubernetes-preserve-unknown-fields';
const LIST = 'x-kubernetes-list-type';
const MAP = 'x-kubernetes-map-type';
const KEYS = 'x-kubernetes-list-map-keys';
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];

const FORMATS = new Set(
  'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime'.split(
    ' ',
  ),
);

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** What says that there can be no default here; undefined where there can. */
  readonly noDefault: string | undefined;
  readonly insideMeta: boolean;
}

export function validateSchemaWords(schema: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkSchema(schema, { path, isRoot: true, noDefault: undefined, insideMeta: false }, errors);
  return errors;
}

/** The formats of strings that say nothing, wherever they are in a schema. */
export function unknownFormats(schema: JsonObject): readonly string[] {
  const { format, type } = schema;
  const isKnown = type !== 'string' || typeof format !== 'string' || FORMATS.has(format.replaceAll('-', ''));
  const lists = [schema.items, schema.allOf, schema.oneOf, schema.anyOf];
  const maps = [schema.properties].map((map) =>
    isObject(map)
      ? Object.keys(map)
          .sort()
          .map((key) => map[key])
      : [],
  );
  const children = [...lists, ...maps, schema.not, schema.additionalProperties].flat();
  const inner = children.flatMap((child) => (isObject(child) ? unknownFormats(child) : []));
  return isKnown || format === '' ? inner : [format, ...inner];
}

function checkSchema(schema: JsonObject, place: Place, errors: FieldError[]): void {
  const { path } = place;
  checkOwn(schema, place, errors);
  if (schema.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbiddenField(`${path}.uniqueItems`, detail));
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  const additional = schema.additionalProperties;
  if (names.length > 0 && (additional === false || isObject(additional))) {
    const detail = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbiddenField(`${path}.additionalProperties`, detail));
  }
  const visit = (child: unknown, at: string, more: Partial<Place> = {}): void => {
    if (isObject(child)) checkSchema(child, { ...place, isRoot: false, ...more, path: `${path}${at}` }, errors);
  };
  const inMeta = place.insideMeta ? { noDefault: 'inside additionalProperties applying to object metadata' } : {};
  visit(additional, '.additionalProperties', inMeta);
  for (const name of names) {
    const isMeta = (place.isRoot || schema[EMBEDDED] === true) && META.has(name);
    const meta = isMeta ? { insideMeta: true, ...(place.isRoot ? { noDefault: `in top-level ${name}` } : {}) } : {};
    visit(properties[name], `.properties[${name}]`, meta);
  }
  visit(schema.not, '.not');
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    const list = schema[name];
    if (Array.isArray(list)) for (const [index, child] of list.entries()) visit(child, `.${name}[${index}]`);
  }
  visit(schema.items, '.items');
  checkExtensions(schema, path, errors);
}

function checkOwn(schema: JsonObject, { path, noDefault, insideMeta }: Place, errors: FieldError[]): void {
  const { type = '' } = schema;
  if (typeof type === 'string' && type !== '' && !TYPES.includes(type))
    errors.push(notSupported(`${path}.type`, type, TYPES));
  if (schema.default !== undefined && noDefault !== undefined)
    errors.push(forbiddenField(`${path}.default`, `must not be set ${noDefault}`));
  for (const name of UNSUPPORTED)
    if (schema[name] !== undefined) errors.push(forbiddenField(`${path}.${name}`, `${name} is not supported`));
  if (type === 'null')
    errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items))
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  if (insideMeta && schema[EMBEDDED] === true)
    errors.push(forbiddenField(`${path}.${EMBEDDED}`, 'must not be used inside of resource meta'));
}

function checkExtensions(schema: JsonObject, path: string, errors: FieldError[]): void {
  if (schema[PRESERVE] === false) errors.push(invalid(`${path}.${PRESERVE}`, false, 'must be true or undefined'));
  const mapType = schema[MAP];
  if (mapType !== undefined) {
    errors.push(...wrongType(schema, 'object', MAP, path));
    if (mapType !== 'atomic' && mapType !== 'granular')
      errors.push(notSupported(`${path}.${MAP}`, mapType, ['atomic', 'granular']));
  }
  checkList(schema, path, errors);
}

function wrongType({ type = '' }: JsonObject, wanted: string, because: string, path: string): FieldError[] {
  if (type === wanted) return [];
  const detail = `must be ${wanted} if ${because} is specified`;
  return [type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail)];
}

function checkList(schema: JsonObject, path: string, errors: FieldError[]): void {
  const { items } = schema;
  const listType = schema[LIST];
  const keys = Array.isArray(schema[KEYS]) ? schema[KEYS].map(String) : [];
  if (listType !== undefined) {
    const wrong = wrongType(schema, 'array', LIST, path);
    errors.push(...wrong);
    if (wrong.length === 0 && listType === 'set' && isObject(items)) checkSetItems(items, `${path}.items`, errors);
    if (!['atomic', 'set', 'map'].includes(String(listType)))
      errors.push(notSupported(`${path}.${LIST}`, listType, ['atomic', 'set', 'map']));
  }
  if (keys.length > 0 && listType !== 'map') {
    const detail = `must be map if ${KEYS} is non-empty`;
    errors.push(
      listType === undefined ? required(`${path}.${LIST}`, detail) : invalid(`${path}.${LIST}`, listType, detail),
    );
  }
  if (listType === 'map') {
    if (keys.length === 0) errors.push(required(`${path}.${KEYS}`, `must not be empty if ${LIST} is map`));
    if (items === undefined) errors.push(required(`${path}.items`, `must have a schema if ${LIST} is map`));
    if (isObject(items)) checkKeys(items, keys, path, errors);
  }
  if ((listType === 'set' || listType === 'map') && isObject(items))
    checkIdentity(items, listType === 'map' ? keys : [], listType, `${path}.items`, errors);
}

/** What a set holds is one value. */
function checkSetItems(items: JsonObject, path: string, errors: FieldError[]): void {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items[LIST];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    errors.push(invalid(`${path}.${LIST}`, listType, detail));
  // Upstream shows the type of a list here, too.
  if (items.type === 'object' && items[MAP] !== 'atomic')
    errors.push(invalid(`${path}.${MAP}`, listType ?? null, detail));
}

function checkKeys(items: JsonObject, keys: readonly string[], path: string, errors: FieldError[]): void {
  if (items.type !== 'object') {
    const detail = `must be object if parent array's ${LIST} is map`;
    errors.push(invalid(`${path}.items.type`, items.type ?? '', detail));
    return;
  }
  const properties = isObject(items.properties) ? items.properties : {};
  for (const [index, key] of keys.entries()) {
    const property = properties[key];
    if (!isObject(property))
      errors.push(invalid(`${path}.${KEYS}`, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const detail = `must be a scalar type if parent array's ${LIST} is map`;
      errors.push(invalid(`${path}.items.properties[${key}].type`, items.type, detail));
    }
    if (keys.indexOf(key) < index) errors.push(invalid(`${path}.${KEYS}`, keys, 'must not contain duplicate entries'));
  }
}

/** Items are told apart by what they always have. */
function checkIdentity(
  items: JsonObject,
  keys: readonly string[],
  listType: string,
  path: string,
  errors: FieldError[],
): void {
  if (items.nullable === true)
    errors.push(forbiddenField(`${path}.nullable`, `cannot be nullable when ${LIST} is ${listType}`));
  const properties = isObject(items.properties) ? items.properties : {};
  const always = Array.isArray(items.required) ? items.required : [];
  const words = `this property is in ${KEYS}, so it`;
  for (const key of keys) {
    const property = properties[key];
    if (!isObject(property)) continue;
    const at = `${path}.properties[${key}]`;
    if (!always.includes(key) && property.default === undefined)
      errors.push(required(`${at}.default`, `${words} must have a default or be a required property`));
    if (property.nullable === true) errors.push(forbiddenField(`${at}.nullable`, `${words} cannot be nullable`));
  }
}
