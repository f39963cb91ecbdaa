/**
 * StorageClass, VolumeAttributesClass, VolumeAttachment, CSINode, CSIDriver and CSIStorageCapacity
 * (pkg/apis/storage/validation, v1.34).
 */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  Printed,
  required,
  tooLong,
} from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { validateInlineVolume } from './persistent-volume.ts';
import {
  complaints,
  type Errors,
  IMMUTABLE,
  NOT_NEGATIVE,
  notNegative,
  oneOf,
  oneOfSet,
  printSelector,
  validateLabelSelector,
} from './rules.ts';
import { driverErrors, inner, list, type Source, text } from './volume-sources.ts';

const MAX_PARAMETERS = 512;
const MAX_SIZE = 256 * 1024;

const fieldsOf = (object: KubeObject): Source => object as unknown as Source;
const specOf = (object: KubeObject): Source => (object.spec ?? {}) as Source;

function provisionerErrors(name: string, path: string): Errors {
  if (name === '') return [required(path)];
  return complaints(isQualifiedName(name.toLowerCase()), name.toLowerCase(), path);
}

function parameterErrors(given: Source | undefined, mayBeEmpty: boolean, path: string): Errors {
  const parameters = Object.entries(given ?? {});
  if (parameters.length > MAX_PARAMETERS) return [tooLong(path, MAX_PARAMETERS)];
  const errors: Errors = parameters
    .filter(([key]) => key === '')
    .map(([key]) => invalid(path, key, 'field can not be empty.'));
  const size = parameters.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size > MAX_SIZE) errors.push(tooLong(path, MAX_SIZE));
  if (!mayBeEmpty && parameters.length === 0) errors.push(required(path, 'must contain at least one key/value pair'));
  return errors;
}

export function validateStorageClass(object: KubeObject): readonly FieldError[] {
  const fields = fieldsOf(object);
  const errors = provisionerErrors(text(fields, 'provisioner'), 'provisioner');
  errors.push(...parameterErrors(inner(fields, 'parameters'), true, 'parameters'));
  const policy = text(fields, 'reclaimPolicy');
  if (policy !== '') errors.push(...oneOfSet(policy, ['Delete', 'Retain'], 'reclaimPolicy'));
  errors.push(
    ...oneOfSet(text(fields, 'volumeBindingMode'), ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'),
  );
  return [...errors, ...topologyErrors(list<Source>(fields, 'allowedTopologies'))];
}

function topologyErrors(terms: readonly Source[]): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, term] of terms.entries()) {
    const at = `allowedTopologies[${index}].matchLabelExpressions`;
    const keys = new Map<string, string[]>();
    for (const [place, expression] of list<Source>(term, 'matchLabelExpressions').entries()) {
      const where = `${at}[${place}]`;
      const key = text(expression, 'key');
      const values = list<string>(expression, 'values');
      if (values.length === 0) errors.push(required(`${where}.values`));
      for (const [valueIndex, value] of values.entries()) {
        if (values.indexOf(value) < valueIndex) errors.push(duplicate(`${where}.values[${valueIndex}]`, value));
        else errors.push(...complaints(isLabelValue(value), value, `${where}.values[${valueIndex}]`));
      }
      errors.push(...complaints(isQualifiedName(key), key, `${where}.key`));
      if (keys.has(key)) errors.push(duplicate(`${where}.key`, key));
      keys.set(key, [...values].sort());
    }
    const shape = JSON.stringify([...keys].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(shape) || (keys.size === 0 && terms.length > 0)) errors.push(duplicate(at, ''));
    seen.add(shape);
  }
  return errors;
}

export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = fieldsOf(object);
  const before = fieldsOf(old);
  const errors: Errors = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'])
    if (!deepEqual(now[field], before[field])) errors.push(forbiddenField(field, `updates to ${field} are forbidden.`));
  if (now.volumeBindingMode !== before.volumeBindingMode)
    errors.push(invalid('volumeBindingMode', now.volumeBindingMode, IMMUTABLE));
  return [...validateStorageClass(object), ...errors];
}

export function validateAttributesClass(object: KubeObject): readonly FieldError[] {
  const fields = fieldsOf(object);
  return [
    ...provisionerErrors(text(fields, 'driverName'), 'driverName'),
    ...parameterErrors(inner(fields, 'parameters'), false, 'parameters'),
  ];
}

export function validateAttributesClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = fieldsOf(object);
  const before = fieldsOf(old);
  const fixed = ['driverName', 'parameters']
    .filter((field) => !deepEqual(now[field], before[field]))
    .map((field) => forbiddenField(field, `updates to ${field} are forbidden.`));
  const own = validateAttributesClass(object);
  return [...own, ...fixed, ...own];
}

export function validateAttachment(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors: Errors = text(spec, 'attacher') === '' ? [required('spec.attacher')] : [];
  errors.push(...attachmentSource(inner(spec, 'source') ?? {}, 'spec.source'));
  const node = text(spec, 'nodeName');
  errors.push(...complaints(isDns1123Subdomain(node), node, 'spec.nodeName'));
  const name = inner(spec, 'source')?.persistentVolumeName;
  errors.push(...driverErrors(text(spec, 'attacher'), 'spec.attacher'));
  if (typeof name === 'string')
    errors.push(...complaints(isDns1123Subdomain(name), name, 'spec.source.persistentVolumeName'));
  return errors;
}

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function attachmentSource(source: Source, path: string): Errors {
  const volume = inner(source, 'inlineVolumeSpec');
  const name = source.persistentVolumeName;
  if (volume === undefined && name === undefined) return [required(path, ONE_SOURCE)];
  if (volume !== undefined && name !== undefined) return [forbiddenField(path, ONE_SOURCE)];
  if (volume !== undefined) return validateInlineVolume(volume, `${path}.inlineVolumeSpec`);
  return name === '' ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')] : [];
}

export function validateAttachmentUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const own = validateAttachment(object);
  const errors: Errors = [...own, ...own];
  if (!deepEqual(object.spec, old.spec)) {
    const spec = specOf(object);
    const { inlineVolumeSpec = null, persistentVolumeName = null } = inner(spec, 'source') ?? {};
    const shown = {
      Attacher: text(spec, 'attacher'),
      Source: { PersistentVolumeName: persistentVolumeName, InlineVolumeSpec: inlineVolumeSpec },
      NodeName: text(spec, 'nodeName'),
    };
    errors.push(invalid('spec', new Printed(JSON.stringify(shown)), IMMUTABLE));
  }
  return errors;
}

export function validateCsiNode(object: KubeObject): readonly FieldError[] {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, driver] of list<Source>(specOf(object), 'drivers').entries()) {
    const at = `spec.drivers[${index}]`;
    const name = text(driver, 'name');
    const id = text(driver, 'nodeID');
    errors.push(...driverErrors(name, `${at}.name`));
    if (id === '') errors.push(required(`${at}.nodeID`));
    if (id.length > 256) errors.push(invalid(`${at}.nodeID`, id, 'must be 256 characters or less'));
    errors.push(...notNegative(inner(driver, 'allocatable')?.count as number | undefined, `${at}.allocatable.count`));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    const keys = list<string>(driver, 'topologyKeys');
    for (const [place, key] of keys.entries()) {
      if (key === '') errors.push(required(at));
      if (keys.indexOf(key) < place) errors.push(duplicate(at, key));
      errors.push(...complaints(isQualifiedName(key), key, at));
    }
  }
  return errors;
}

export function validateCsiNodeUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [...validateCsiNode(object)];
  const drivers = list<Source>(specOf(object), 'drivers');
  for (const before of list<Source>(specOf(old), 'drivers')) {
    for (const driver of drivers.filter(({ name }) => name === before.name)) {
      const { allocatable: _a, ...now } = driver;
      const { allocatable: _b, ...was } = before;
      if (deepEqual(now, was)) continue;
      const shown = {
        Name: now.name ?? '',
        NodeID: now.nodeID ?? '',
        TopologyKeys: now.topologyKeys ?? null,
        Allocatable: null,
      };
      errors.push(invalid('spec.drivers', new Printed(JSON.stringify(shown)), IMMUTABLE));
    }
  }
  return errors;
}

const MODES = ['Persistent', 'Ephemeral'];
const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

export function validateCsiDriver(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors: Errors = [];
  const policy = spec.fsGroupPolicy;
  if (policy !== undefined) errors.push(...oneOfSet(String(policy), GROUP_POLICIES, 'spec.fsGroupPolicy'));
  const audiences = new Set<string>();
  for (const [index, request] of list<Source>(spec, 'tokenRequests').entries()) {
    const at = `spec.tokenRequests[${index}]`;
    const audience = text(request, 'audience');
    if (audiences.has(audience)) {
      errors.push(duplicate(`${at}.audience`, audience));
      continue;
    }
    audiences.add(audience);
    const seconds = request.expirationSeconds;
    if (typeof seconds !== 'number') continue;
    const tell = (problem: string): number => errors.push(invalid(`${at}.expirationSeconds`, seconds, problem));
    if (seconds < 600) tell('may not specify a duration less than 10 minutes');
    if (seconds > 2 ** 32) tell('may not specify a duration larger than 2^32 seconds');
  }
  for (const mode of list<string>(spec, 'volumeLifecycleModes'))
    errors.push(...oneOf(mode, MODES, 'spec.volumeLifecycleModes'));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (typeof period === 'number' && period < 10)
    errors.push(
      invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'),
    );
  return errors;
}

export function validateCsiDriverUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [...validateCsiDriver(object)];
  const now = specOf(object);
  const before = specOf(old);
  if (now.attachRequired !== before.attachRequired)
    errors.push(invalid('spec.attachedRequired', now.attachRequired, IMMUTABLE));
  if (!deepEqual(now.volumeLifecycleModes, before.volumeLifecycleModes))
    errors.push(invalid('spec.volumeLifecycleModes', now.volumeLifecycleModes ?? null, IMMUTABLE));
  return errors;
}

export function validateStorageCapacity(object: KubeObject): readonly FieldError[] {
  const { nodeTopology, capacity } = fieldsOf(object);
  const name = text(fieldsOf(object), 'storageClassName');
  const errors = validateLabelSelector(nodeTopology as LabelSelectorSpec | undefined, 'nodeTopology');
  errors.push(...complaints(isDns1123Subdomain(name), name, 'storageClassName'));
  if (typeof capacity === 'string' && parseQuantity(capacity).nano < 0n)
    errors.push(invalid('capacity', capacity, NOT_NEGATIVE));
  return errors;
}

export function validateStorageCapacityUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = fieldsOf(object);
  const before = fieldsOf(old);
  const errors: Errors = [];
  if (!deepEqual(now.nodeTopology, before.nodeTopology))
    errors.push(invalid('nodeTopology', printSelector(now.nodeTopology as LabelSelectorSpec | undefined), IMMUTABLE));
  if (now.storageClassName !== before.storageClassName)
    errors.push(invalid('storageClassName', text(now, 'storageClassName'), IMMUTABLE));
  return errors;
}
