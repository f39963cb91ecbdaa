/** The words about a pod that fits nowhere (framework.FitError and the PostFilter plugins, v1.34). */

/** What the PostFilter plugins add to the message when they found no way. */
export function withPreemption(
  message: string,
  { total, hopeful }: { readonly total: number; readonly hopeful: number },
): string {
  const texts: string[] = [];
  if (hopeful > 0) texts.push(`${hopeful} No preemption victims found for incoming pod`);
  if (total - hopeful > 0) texts.push(`${total - hopeful} Preemption is not helpful for scheduling`);
  return `${message} no new claims to deallocate, preemption: 0/${total} nodes are available: ${texts.sort().join(', ')}.`;
}
