/**
 * One rule of x-kubernetes-validations, compiled (apiextensions-apiserver's pkg/apiserver/schema/cel/compilation.go,
 * v1.34).
 */
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';
import { type Compiled, compile } from '../../../cel/compile.ts';
import { estimateCost } from '../../../cel/cost-estimate.ts';
import { createProgram, type Program } from '../../../cel/interpreter.ts';
import { ProgramProblem } from '../../../cel/plans.ts';
import { type DeclaredType, declaredSize, MAX_REQUEST, scopeOf } from '../../../cel/schema-types.ts';
import { type CelType, optionalOf } from '../../../cel/types.ts';
import { readFieldPath } from './field-path.ts';

export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression: string;
  readonly reason: string | undefined;
  readonly fieldPath: string;
  readonly optionalOldSelf: boolean | undefined;
}

export interface CompiledRule {
  readonly rule: Rule;
  /** Undefined for an empty rule, and for one that could not be compiled. */
  readonly program?: Program;
  readonly error?: string;
  readonly usesOldSelf: boolean;
  /** The most that one run can cost. */
  readonly maxCost: number;
  readonly messageProgram?: Program;
  readonly messageError?: string;
  readonly messageMaxCost: number;
  /** Where errors are told, from the value on: ``, `spec.name`. */
  readonly path: string;
}

/** The rules that a schema has of its own. */
export function rulesOf(schema: JsonObject): readonly Rule[] {
  const list = schema['x-kubernetes-validations'];
  if (!Array.isArray(list)) return [];
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return list.filter(isObject).map((rule) => ({
    rule: text(rule.rule),
    message: text(rule.message),
    messageExpression: text(rule.messageExpression),
    reason: typeof rule.reason === 'string' ? rule.reason : undefined,
    fieldPath: text(rule.fieldPath),
    optionalOldSelf: typeof rule.optionalOldSelf === 'boolean' ? rule.optionalOldSelf : undefined,
  }));
}

/** The text that stands for a rule in messages. */
export function ruleText({ rule, message }: Rule): string {
  return (message === '' ? rule : message).trim();
}

/** How often values of a type can be in one request. */
export function cardinality({ minSize }: DeclaredType): number {
  return Math.floor(MAX_REQUEST / (minSize + 1));
}

export function compileRule(rule: Rule, schema: JsonObject, declared: DeclaredType): CompiledRule {
  const base = { rule, usesOldSelf: false, maxCost: 0, messageMaxCost: 0, path: '' };
  if (rule.rule.trim() === '') return base;
  const old = rule.optionalOldSelf === true ? optionalOf(declared.type) : declared.type;
  const scope = scopeOf(
    new Map<string, CelType>([
      ['self', declared.type],
      ['oldSelf', old],
    ]),
    [declared],
  );
  const made = build(rule.rule, scope, declared, 'bool');
  if ('error' in made) {
    const { kind, text } = made.error;
    const prefix = {
      compile: 'compilation failed: ',
      type: 'cel expression',
      program: 'program instantiation failed: ',
    };
    return { ...base, error: `${prefix[kind]}${text}`, usesOldSelf: made.usesOldSelf };
  }
  const compiled: CompiledRule = {
    ...base,
    program: made.program,
    maxCost: made.maxCost,
    usesOldSelf: made.usesOldSelf,
    path: pathOf(rule, schema),
  };
  if (rule.messageExpression === '') return compiled;
  const message = build(rule.messageExpression, scope, declared, 'string');
  if (!('error' in message)) return { ...compiled, messageProgram: message.program, messageMaxCost: message.maxCost };
  const { kind, text } = message.error;
  const words = { compile: ' compilation failed: ', type: '', program: ' instantiation failed: ' };
  return { ...compiled, messageError: `messageExpression${words[kind]}${text}` };
}

function pathOf({ fieldPath }: Rule, schema: JsonObject): string {
  const read = fieldPath === '' ? '' : readFieldPath(fieldPath, schema, true);
  return typeof read === 'string' ? '' : read.text;
}

type Built =
  | { readonly program: Program; readonly maxCost: number; readonly usesOldSelf: boolean }
  | {
      readonly error: { readonly kind: 'compile' | 'type' | 'program'; readonly text: string };
      readonly usesOldSelf: boolean;
    };

function build(
  text: string,
  scope: Parameters<typeof compile>[1],
  declared: DeclaredType,
  result: 'bool' | 'string',
): Built {
  const checked = compile(text, scope);
  if ('errors' in checked) return { error: { kind: 'compile', text: checked.errors }, usesOldSelf: false };
  const { compiled } = checked;
  const wanted = ` must evaluate to a ${result}`;
  if (compiled.type.kind !== result) return { error: { kind: 'type', text: wanted }, usesOldSelf: false };
  const usesOldSelf = namesOldSelf(compiled);
  try {
    const program = createProgram(compiled);
    const { max } = estimateCost(compiled, (path) => declaredSize(declared, path));
    return { program, maxCost: max, usesOldSelf };
  } catch (problem) {
    if (!(problem instanceof ProgramProblem)) throw problem;
    return { error: { kind: 'program', text: problem.message }, usesOldSelf };
  }
}

function namesOldSelf({ references }: Compiled): boolean {
  for (const reference of references.values())
    if (reference.kind === 'variable' && reference.name === 'oldSelf') return true;
  return false;
}
