/**
 * Where variables live: each name declared gets a slot of the executing template's frame when it is compiled. The
 * rules are those of text/template's variable stack: a name is the last one declared, and control actions forget what
 * was declared in them.
 *
 * A variable that is declared inside an argument of `and` or `or` may not come to exist. Its slot then holds UNSET, and
 * the next older variable of the name counts.
 */
import { GoFunction, type GoValue } from '../go-value.ts';

/** The content of a slot whose variable was not declared on the way taken. No template can see it. */
export const UNSET: GoValue = new GoFunction('unset', () => undefined);

export interface Variable {
  readonly name: string;
  readonly slot: number;
  /** For the element of a `range`: the slot that tells if the elements are interfaces; else -1. */
  elementFlag: number;
  /** May hold UNSET. */
  readonly isConditional: boolean;
}

export class Scope {
  /** The number of slots that were ever in use at once. */
  size = 1;
  /** Greater than 0 where what is compiled may be skipped within its action. */
  conditionalDepth = 0;
  /** Slots of conditional variables declared since the action began. */
  conditionalSlots: number[] = [];
  private readonly variables: Variable[] = [{ name: '$', slot: 0, elementFlag: -1, isConditional: false }];

  declare(name: string): Variable {
    const isConditional = this.conditionalDepth > 0;
    const variable: Variable = { name, slot: this.variables.length, elementFlag: -1, isConditional };
    this.variables.push(variable);
    this.size = Math.max(this.size, this.variables.length);
    if (isConditional) this.conditionalSlots.push(variable.slot);
    return variable;
  }

  /** The variables that a name can mean, the first one first; all but the last are conditional. */
  resolve(name: string): readonly Variable[] {
    const found: Variable[] = [];
    for (let i = this.variables.length - 1; i >= 0; i--) {
      const variable = this.variables[i];
      if (variable?.name !== name) continue;
      found.push(variable);
      if (!variable.isConditional) break;
    }
    return found;
  }

  mark(): number {
    return this.variables.length;
  }

  /** Forgets what was declared since the mark. */
  release(mark: number): void {
    this.variables.length = mark;
  }
}
