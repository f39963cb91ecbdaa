/**
 * Cells of resource.k8s.io (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatAge } from '../../age.ts';
import { age, type Cells, list, text } from '../columns.ts';

function claimState(o: KubeObject): string {
  const isDeleted = o.metadata.deletionTimestamp !== undefined;
  const states = isDeleted ? ['deleted'] : [];
  if (isObject(getPath(o, ['status', 'allocation']))) {
    states.push('allocated');
    if (list(o, 'status.reservedFor').length > 0) states.push('reserved');
  } else if (!isDeleted) states.push('pending');
  return states.join(',');
}

const nameAndAge: Cells = (o, now) => [o.metadata.name, age(o, now)];

const resourceClaim: Cells = (o, now) => [o.metadata.name, claimState(o), age(o, now)];

const resourceSlice: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.nodeName'),
  text(o, 'spec.driver'),
  text(o, 'spec.pool.name'),
  age(o, now),
];

const deviceTaintRule: Cells = (o, now) => {
  const added = text(o, 'spec.taint.timeAdded');
  return [
    o.metadata.name,
    text(o, 'spec.taint.key'),
    text(o, 'spec.taint.value'),
    text(o, 'spec.taint.effect'),
    added === '' ? '' : formatAge(added, now),
    age(o, now),
  ];
};

const RESOURCE = 'resource.k8s.io';

export const RESOURCE_TABLES: readonly (readonly [string, Cells])[] = [
  [`DeviceClass.${RESOURCE}`, nameAndAge],
  [`ResourceClaim.${RESOURCE}`, resourceClaim],
  [`ResourceClaimTemplate.${RESOURCE}`, nameAndAge],
  [`ResourceSlice.${RESOURCE}`, resourceSlice],
  [`DeviceTaintRule.${RESOURCE}`, deviceTaintRule],
];
