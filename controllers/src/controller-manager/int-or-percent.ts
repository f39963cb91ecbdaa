/**
 * Numbers or percentages of a whole, as apimachinery's intstr.GetScaledValueFromIntOrPercent.
 */
import type { IntOrString } from '../apimachinery/kinds.ts';

/** @param value a number, or text such as `25%`; text that is neither counts as 0, since the API server lets none in */
export function scaledValue(
  value: IntOrString,
  options: { readonly total: number; readonly round: 'up' | 'down' },
): number {
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (match === null) return /^\d+$/.test(value) ? Number(value) : 0;
  const share = (Number(match[1]) * options.total) / 100;
  return options.round === 'up' ? Math.ceil(share) : Math.floor(share);
}
