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
  /** The one declared before it. */
  readonly outer: Variable | undefined;
  /** For the element of a `range`: the slot that tells if the elements are interfaces; else -1. */
  elementFlag: number;
  /** May hold UNSET. */
  readonly isConditional: boolean;
}

/** What the scopes of one template count. */
export interface Frame {
  /** The number of slots that were ever in use at once in what is compiled so far. */
  slots: number;
}

export class Scope {
  readonly frame: Frame;
  /** Greater than 0 where what is compiled may be skipped within its action. */
  conditionalDepth = 0;
  /** Slots of conditional variables declared since the action began. */
  conditionalSlots: number[] = [];
  /** The one declared last. */
  private last: Variable;

  /** A scope that begins with the variables at a mark of another of the same template. */
  constructor(
    frame: Frame = { slots: 1 },
    mark: Variable = { name: '$', slot: 0, outer: undefined, elementFlag: -1, isConditional: false },
  ) {
    this.frame = frame;
    this.last = mark;
  }

  declare(name: string): Variable {
    const isConditional = this.conditionalDepth > 0;
    const variable: Variable = { name, slot: this.last.slot + 1, outer: this.last, elementFlag: -1, isConditional };
    this.last = variable;
    if (variable.slot >= this.frame.slots) this.frame.slots = variable.slot + 1;
    if (isConditional) this.conditionalSlots.push(variable.slot);
    return variable;
  }

  /** The variables that a name can mean, the first one first; all but the last are conditional. */
  resolve(name: string): readonly Variable[] {
    const found: Variable[] = [];
    for (let variable: Variable | undefined = this.last; variable !== undefined; variable = variable.outer) {
      if (variable.name !== name) continue;
      found.push(variable);
      if (!variable.isConditional) break;
    }
    return found;
  }

  mark(): Variable {
    return this.last;
  }

  /** Forgets what was declared since the mark. */
  release(mark: Variable): void {
    this.last = mark;
  }
}
