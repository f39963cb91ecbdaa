/**
 * Where variables live: each name declared gets a slot of the executing template's frame when it is compiled. The
 * rules are those of text/template's variable stack: a name is the last one declared, and control actions forget what
 * was declared in them.
 *
 * A variable that is declared inside an argument of `and` or `or` may not come to exist. Its slot then holds UNSET, and
 * the next older variable of the name counts.
 *
 * The slot behind that of a variable tells whether it holds an interface: a pipeline digs its value out of one, but
 * `range` sets its variable to the element as it is. Only the run tells which of them set it last.
 */
import { GoFunction, type GoValue } from '../go-value.ts';

/** Slots of a variable: its value, and whether that is an interface. */
const SLOTS = 2;

/** The content of a slot whose variable was not declared on the way taken. No template can see it. */
export const UNSET: GoValue = new GoFunction('unset', () => undefined);

export interface Variable {
  readonly name: string;
  readonly slot: number;
  /** The one declared before it. */
  readonly outer: Variable | undefined;
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
    frame: Frame = { slots: SLOTS },
    mark: Variable = { name: '$', slot: 0, outer: undefined, isConditional: false },
  ) {
    this.frame = frame;
    this.last = mark;
  }

  declare(name: string): Variable {
    const isConditional = this.conditionalDepth > 0;
    const slot = this.last.slot + SLOTS;
    const variable: Variable = { name, slot, outer: this.last, isConditional };
    this.last = variable;
    if (slot >= this.frame.slots) this.frame.slots = slot + SLOTS;
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
