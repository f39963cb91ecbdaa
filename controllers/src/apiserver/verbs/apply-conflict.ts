/** What a conflict of server-side apply says (apimachinery's util/managedfields/internal/conflict.go). */
import { type FieldSet, formatPath, membersOf } from '../../apimachinery/patch/field-set.ts';
import { ApiError, type StatusCause } from '../../apimachinery/status.ts';
import type { ManagedFieldsEntry } from '../managed-fields.ts';

/** 409 with a cause for each field that another manager has. */
export function conflictError(
  conflicts: readonly { readonly entry: ManagedFieldsEntry; readonly fields: FieldSet }[],
): ApiError {
  const causes: StatusCause[] = [];
  const lines: string[] = [];
  const byManager = new Map<string, string[]>();
  for (const { entry, fields } of conflicts) {
    const manager = managerText(entry);
    for (const path of membersOf(fields)) {
      const field = formatPath(path);
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field });
      byManager.set(manager, [...(byManager.get(manager) ?? []), field]);
    }
  }
  for (const [manager, fields] of [...byManager].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(
      fields.length === 1 && byManager.size === 1
        ? `conflict with ${manager}: ${fields[0]}`
        : `conflicts with ${manager}:\n${fields.map((field) => `- ${field}`).join('\n')}`,
    );
  }
  const count = causes.length;
  return new ApiError('Conflict', `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${lines.join('\n')}`, {
    causes,
  });
}

/** The time is not part of who a manager is. */
function managerText({ manager = '', subresource, operation, apiVersion }: ManagedFieldsEntry): string {
  const sub = subresource === undefined || subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  if (operation !== 'Update') return `${JSON.stringify(manager)}${sub}`;
  return `${JSON.stringify(manager)}${sub} using ${apiVersion ?? ''}`;
}
