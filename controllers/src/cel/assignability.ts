/**
 * Whether a value of one type may stand where another is wanted, and what the free variables of types become meanwhile
 * (cel-go's checker/types.go).
 */
import { CelType, formatType, isDyn, listOf, mapOf, sameType, typeOf } from './types.ts';

/** What type variables stand for so far. Never changed in place: a failed attempt leaves no trace. */
export type Substitutions = ReadonlyMap<string, CelType>;
type Draft = Map<string, CelType>;

/** The substitutions under which every pair is assignable; undefined where there are none. */
export function assignAll(
  known: Substitutions,
  from: readonly CelType[],
  to: readonly CelType[],
): Substitutions | undefined {
  const draft = new Map(known);
  return assignableLists(draft, from, to) ? draft : undefined;
}

export function assign(known: Substitutions, from: CelType, to: CelType): Substitutions | undefined {
  return assignAll(known, [from], [to]);
}

/** With variables replaced by what they stand for; those that stand for nothing become dyn if asked. */
export function substitute(known: Substitutions, type: CelType, freeToDyn: boolean, dyn: CelType): CelType {
  const found = known.size === 0 ? undefined : known.get(formatType(type));
  if (found !== undefined) return substitute(known, found, freeToDyn, dyn);
  if (type.kind === 'param') return freeToDyn ? dyn : type;
  if (type.params.length === 0) return type;
  const params = type.params.map((param) => substitute(known, param, freeToDyn, dyn));
  const [first, second] = params;
  if (type.kind === 'opaque') return new CelType('opaque', type.name, params);
  if (type.kind === 'list' && first !== undefined) return listOf(first);
  if (type.kind === 'map' && first !== undefined && second !== undefined) return mapOf(first, second);
  if (type.kind === 'type' && first !== undefined) return typeOf(first);
  return type;
}

/** The less specific of two types that agree. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isLessSpecific(a, b) ? a : b;
}

function isLessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if (a.kind === 'opaque' && (a.name !== b.name || a.params.length !== b.params.length)) return false;
  if (a.kind === 'opaque' || a.kind === 'list' || a.kind === 'map')
    return a.params.every((param, index) => isLessSpecific(param, b.params[index] ?? param));
  return sameType(a, b);
}

function assignable(draft: Draft, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const { valid, had } = standFor(draft, a, b);
    if (valid) return true;
    if (had) return false;
  }
  if (a.kind === 'param') return standFor(draft, b, a).valid;
  if (isDyn(a) || isDyn(b) || a.kind === 'error' || b.kind === 'error') return true;
  if (a.kind === 'null') return isNullable(b);
  if (b.kind === 'null') return isNullable(a);
  switch (a.kind) {
    case 'type':
      return b.kind === 'type';
    case 'opaque':
    case 'list':
    case 'map':
      return a.kind === b.kind && a.name === b.name && assignableLists(draft, a.params, b.params);
    default:
      return sameType(a, b);
  }
}

function assignableLists(draft: Draft, a: readonly CelType[], b: readonly CelType[]): boolean {
  return a.length === b.length && a.every((type, index) => assignable(draft, type, b[index] ?? type));
}

function isNullable({ kind }: CelType): boolean {
  return ['opaque', 'struct', 'any', 'duration', 'timestamp', 'null'].includes(kind);
}

/** Whether `type` may stand for the variable, and whether something did already. */
function standFor(draft: Draft, type: CelType, variable: CelType): { valid: boolean; had: boolean } {
  if (type.kind === 'param' && sameType(type, variable)) return { valid: true, had: true };
  const name = formatType(variable);
  const current = draft.get(name);
  if (current === undefined) {
    if (occursIn(draft, variable, type)) return { valid: false, had: false };
    draft.set(name, type);
    return { valid: true, had: false };
  }
  if (sameType(type, current)) return { valid: true, had: true };
  if (!assignable(draft, type, current)) return { valid: false, had: true };
  const general = mostGeneral(type, current);
  if (!occursIn(draft, variable, general)) draft.set(name, general);
  return { valid: true, had: true };
}

function occursIn(draft: Draft, variable: CelType, type: CelType): boolean {
  if (sameType(variable, type)) return true;
  if (type.kind === 'param') {
    const current = draft.get(formatType(type));
    return current !== undefined && occursIn(draft, variable, current);
  }
  return type.params.some((param) => occursIn(draft, variable, param));
}
