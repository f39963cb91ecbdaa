/**
 * Bodies of requests, parsed once: what is absent stays absent, what has the wrong type is refused with its name.
 */
import { type FileSetting, mergeValueLayers, type ValueLayers, type Values } from '@drydock/charts';
import type { OperationOptions } from '../releases/operation.ts';
import { checkPostRender, type PostRender, type RenderedFiles } from '../releases/post-render.ts';
import { ReleaseError } from '../releases/release.ts';
import { parseDuration } from './duration.ts';

/** A JSON object's fields, read by name and type. Throws Invalid for a field of another type. */
export interface Fields {
  string(name: string): string | undefined;
  required(name: string): string;
  boolean(name: string): boolean | undefined;
  integer(name: string): number | undefined;
  number(name: string): number | undefined;
  strings(name: string): readonly string[] | undefined;
  object(name: string): Fields | undefined;
  objects(name: string): readonly Fields[] | undefined;
  textMap(name: string): Readonly<Record<string, string>> | undefined;
  duration(name: string): number | undefined;
}

export function parseFields(body: unknown, where = 'the body'): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw wrong(where, 'a JSON object');
  const own = (name: string): unknown => {
    const value: unknown = Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
    return value === null ? undefined : value;
  };
  const typed = <T>(name: string, check: (value: unknown) => value is T, what: string): T | undefined => {
    const value = own(name);
    if (value === undefined) return undefined;
    if (!check(value)) throw wrong(`"${name}" in ${where}`, what);
    return value;
  };
  return {
    string: (name) => typed(name, isString, 'a string'),
    required: (name) => {
      const value = typed(name, isString, 'a string');
      if (value === undefined || value === '') throw new ReleaseError('Invalid', `"${name}" is missing in ${where}`);
      return value;
    },
    boolean: (name) => typed(name, (value) => typeof value === 'boolean', 'true or false'),
    integer: (name) => typed(name, (value): value is number => Number.isSafeInteger(value), 'a whole number'),
    number: (name) => typed(name, (value): value is number => typeof value === 'number', 'a number'),
    strings: (name) => typed(name, isStrings, 'a list of strings'),
    object: (name) => {
      const value = own(name);
      return value === undefined ? undefined : parseFields(value, `"${name}" in ${where}`);
    },
    objects: (name) => {
      const value = typed(name, Array.isArray, 'a list');
      return value?.map((item, index) => parseFields(item, `"${name}[${index}]" in ${where}`));
    },
    textMap: (name) => typed(name, isTextMap, 'an object of strings'),
    duration: (name) => {
      const value = own(name);
      return value === undefined ? undefined : parseDuration(value);
    },
  };
}

/** The values of a request, merged by Helm's order of precedence. Throws ChartError InvalidValues. */
export function readValues(fields: Fields | undefined): Values {
  if (fields === undefined) return new Map();
  const layers: ValueLayers = {
    files: (fields.objects('files') ?? []).map((file) => ({
      name: file.required('name'),
      text: file.string('text') ?? '',
    })),
    set: [...(fields.strings('set') ?? [])],
    setString: [...(fields.strings('setString') ?? [])],
    setJson: [...(fields.strings('setJson') ?? [])],
    setLiteral: [...(fields.strings('setLiteral') ?? [])],
    setFile: (fields.objects('setFile') ?? []).map(readFileSetting),
  };
  return mergeValueLayers(layers);
}

function readFileSetting(setting: Fields): FileSetting {
  const pairs = setting.string('pairs');
  if (pairs === undefined) return { key: setting.required('key'), text: setting.string('text') ?? '' };
  const files = (setting.objects('files') ?? []).map((file) => ({
    path: file.string('path') ?? '',
    text: file.string('text') ?? '',
  }));
  return { pairs, files };
}

export function readOperationOptions(fields: Fields): OperationOptions {
  const options: { -readonly [K in keyof OperationOptions]: OperationOptions[K] } = {};
  const flags = [
    'wait',
    'waitForJobs',
    'rollbackOnFailure',
    'noHooks',
    'skipCrds',
    'forceConflicts',
    'takeOwnership',
    'createNamespace',
    'skipSchemaValidation',
    'dryRun',
    'clientOnly',
  ] as const;
  for (const flag of flags) {
    const value = fields.boolean(flag);
    if (value !== undefined) options[flag] = value;
  }
  const postRender = readPostRender(fields.object('postRender'));
  if (postRender !== undefined) options.postRender = postRender;
  const timeout = fields.duration('timeout');
  if (timeout !== undefined) options.timeout = timeout;
  const description = fields.string('description');
  if (description !== undefined) options.description = description;
  const labels = fields.textMap('labels');
  if (labels !== undefined) options.labels = labels;
  const historyMax = fields.integer('historyMax');
  if (historyMax !== undefined) options.historyMax = historyMax;
  return options;
}

function readPostRender(fields: Fields | undefined): PostRender | undefined {
  if (fields === undefined) return undefined;
  const replaced = fields.object('replaced');
  const postRender = {
    seed: fields.required('seed'),
    ...(replaced === undefined ? {} : { replaced: readRenderedFiles(replaced) }),
  };
  checkPostRender(postRender);
  return postRender;
}

function readRenderedFiles(fields: Fields): RenderedFiles {
  const files = (fields.objects('files') ?? []).map((file) => ({
    name: file.required('name'),
    text: file.string('text') ?? '',
  }));
  return { now: fields.integer('now') ?? 0, digest: fields.required('digest'), files };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString);
}

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isString);
}

function wrong(where: string, what: string): ReleaseError {
  return new ReleaseError('Invalid', `${where} must be ${what}`);
}
