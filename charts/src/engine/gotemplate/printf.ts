/**
 * Sprint, Sprintln and Sprintf of Go's fmt, for the values of go-value.ts. Follows fmt of Go 1.26 (print.go):
 * argument indexes, `*`, and the `%!verb(...)` reports of what does not fit.
 */
import { formatFloat } from './format-float.ts';
import { type Directive, plainDirective } from './format-number.ts';
import { formatOperand } from './format-value.ts';
import { integerOf, typeName } from './go-types.ts';
import type { GoValue } from './go-value.ts';

/** Widths and precisions beyond this are refused, as in Go. */
const LARGEST_WIDTH = 1_000_000;

/** A value as `%v` writes it. No value at all is `<nil>` here; the evaluator prints `<no value>`. */
export function formatValue(value: GoValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return formatFloat(value, 'g');
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return formatOperand(value, 'v', plainDirective);
  }
}

/** fmt.Sprint: spaces between operands of which neither is a string. */
export function sprint(args: readonly GoValue[]): string {
  let out = '';
  let afterString = true;
  for (const arg of args) {
    const isString = typeof arg === 'string';
    if (!isString && !afterString) out += ' ';
    out += formatValue(arg);
    afterString = isString;
  }
  return out;
}

/** fmt.Sprintln: spaces between all operands, and a newline. */
export function sprintln(args: readonly GoValue[]): string {
  return `${args.map(formatValue).join(' ')}\n`;
}

/** fmt.Sprintf. `spend`, if given, is told how many bytes a width or precision asks for before they are made. */
export function sprintf(format: string, args: readonly GoValue[], spend?: (bytes: number) => void): string {
  const scan = new FormatScan(format, args, spend);
  return scan.run();
}

/** One pass over a format: where it is, and which argument is next. */
class FormatScan {
  private readonly format: string;
  private readonly args: readonly GoValue[];
  private readonly spend: ((bytes: number) => void) | undefined;
  private at = 0;
  private argument = 0;
  private isReordered = false;
  private isGoodIndex = true;
  private isAfterIndex = false;

  constructor(format: string, args: readonly GoValue[], spend: ((bytes: number) => void) | undefined) {
    this.format = format;
    this.args = args;
    this.spend = spend;
  }

  run(): string {
    const { format } = this;
    let out = '';
    while (this.at < format.length) {
      const percent = format.indexOf('%', this.at);
      if (percent < 0) {
        out += format.slice(this.at);
        break;
      }
      out += format.slice(this.at, percent);
      this.at = percent + 1;
      out += this.directive();
    }
    return out + this.extraArguments();
  }

  private directive(): string {
    this.isGoodIndex = true;
    this.isAfterIndex = false;
    const directive = this.flags();
    let problems = '';
    this.argumentIndex();
    if (this.format[this.at] === '*') {
      this.at++;
      const width = this.integerArgument();
      directive.width = width === undefined ? -1 : Math.abs(width);
      if (width === undefined) problems += '%!(BADWIDTH)';
      else if (width < 0) {
        directive.minus = true;
        directive.zero = false;
      }
      this.isAfterIndex = false;
    } else {
      directive.width = this.number() ?? -1;
      if (this.isAfterIndex && directive.width >= 0) this.isGoodIndex = false;
    }
    if (this.format[this.at] === '.' && this.at + 1 < this.format.length) problems += this.precision(directive);
    if (!this.isAfterIndex) this.argumentIndex();
    return problems + this.verb(directive);
  }

  private flags(): Mutable<Directive> {
    const directive = { ...plainDirective };
    for (; ; this.at++) {
      switch (this.format[this.at]) {
        case '#':
          directive.sharp = true;
          break;
        case '0':
          directive.zero = true;
          break;
        case '+':
          directive.plus = true;
          break;
        case '-':
          directive.minus = true;
          break;
        case ' ':
          directive.space = true;
          break;
        default:
          return directive;
      }
    }
  }

  private precision(directive: Mutable<Directive>): string {
    this.at++;
    if (this.isAfterIndex) this.isGoodIndex = false;
    this.argumentIndex();
    if (this.format[this.at] !== '*') {
      directive.precision = this.number() ?? 0;
      return '';
    }
    this.at++;
    const precision = this.integerArgument();
    this.isAfterIndex = false;
    directive.precision = precision === undefined || precision < 0 ? -1 : precision;
    return directive.precision < 0 ? '%!(BADPREC)' : '';
  }

  private verb(directive: Mutable<Directive>): string {
    const point = this.format.codePointAt(this.at);
    if (point === undefined) return '%!(NOVERB)';
    const verb = String.fromCodePoint(point);
    this.at += verb.length;
    if (verb === '%') return '%';
    if (!this.isGoodIndex) return `%!${verb}(BADINDEX)`;
    if (this.argument >= this.args.length) return `%!${verb}(MISSING)`;
    if (verb === 'v' || verb === 'w') {
      directive.sharpV = directive.sharp;
      directive.sharp = false;
      directive.plusV = directive.plus;
      directive.plus = false;
    }
    this.spend?.(Math.max(directive.width, 0) + Math.max(directive.precision, 0));
    return formatOperand(this.args[this.argument++], verb, directive);
  }

  /** `[3]`: the next argument is the third. */
  private argumentIndex(): void {
    this.isAfterIndex = false;
    if (this.format[this.at] !== '[') return;
    this.isReordered = true;
    const close = this.format.indexOf(']', this.at);
    if (close < 0) {
      this.isGoodIndex = false;
      this.at++;
      return;
    }
    const digits = this.format.slice(this.at + 1, close);
    this.at = close + 1;
    const index = /^[0-9]+$/.test(digits) ? Number(digits) : 0;
    if (index > LARGEST_WIDTH * 10 || !/^[0-9]+$/.test(digits)) {
      this.isGoodIndex = false;
      return;
    }
    this.isAfterIndex = true;
    if (index >= 1 && index <= this.args.length) this.argument = index - 1;
    else this.isGoodIndex = false;
  }

  /** Digits as a number; undefined if there are none. A number that is too large ends the format, as in Go. */
  private number(): number | undefined {
    let value: number | undefined;
    for (; this.at < this.format.length; this.at++) {
      const digit = this.format.charCodeAt(this.at) - 0x30;
      if (digit < 0 || digit > 9) break;
      if ((value ?? 0) > LARGEST_WIDTH) {
        this.at = this.format.length;
        return undefined;
      }
      value = (value ?? 0) * 10 + digit;
    }
    return value;
  }

  private integerArgument(): number | undefined {
    if (this.argument >= this.args.length) return undefined;
    const value = integerOf(this.args[this.argument++]);
    if (value === undefined) return undefined;
    const number = Number(value);
    return Math.abs(number) > LARGEST_WIDTH ? undefined : number;
  }

  private extraArguments(): string {
    if (this.isReordered || this.argument >= this.args.length) return '';
    const extra = this.args
      .slice(this.argument)
      .map((arg) => (arg === null || arg === undefined ? '<nil>' : `${typeName(arg)}=${formatValue(arg)}`));
    return `%!(EXTRA ${extra.join(', ')})`;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
