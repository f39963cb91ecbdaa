/**
 * Which function sets the defaults of which type.
 */
export type TypeDefault = (value: Record<string, unknown>) => void;

export const TYPE_DEFAULTS: ReadonlyMap<string, TypeDefault> = new Map();
