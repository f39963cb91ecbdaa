/** A shell's arithmetic on whole numbers: `+ - * / %`, comparisons, `&& || !` and brackets. */
import { NotUnderstood } from './shell-syntax.ts';

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Throws NotUnderstood. */
export function arithmetic(text: string, read: (name: string) => string): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|[-+*/%()<>!]|\$\{?|\}|\S/g) ?? [];
  const left = tokens.filter((token) => token !== '$' && token !== '${' && token !== '}');
  const value = binary(0, left, read);
  if (left.length > 0) throw new NotUnderstood('arithmetic');
  return value;
}

function binary(level: number, tokens: string[], read: (name: string) => string): number {
  const operators = LEVELS[level];
  if (operators === undefined) return unary(tokens, read);
  let left = binary(level + 1, tokens, read);
  while (operators.includes(tokens[0] ?? '')) {
    const operator = tokens.shift() ?? '';
    left = calculate(operator, left, binary(level + 1, tokens, read));
  }
  return left;
}

function unary(tokens: string[], read: (name: string) => string): number {
  const token = tokens.shift();
  if (token === '-') return -unary(tokens, read);
  if (token === '+') return unary(tokens, read);
  if (token === '!') return unary(tokens, read) === 0 ? 1 : 0;
  if (token === '(') {
    const value = binary(0, tokens, read);
    if (tokens.shift() !== ')') throw new NotUnderstood('arithmetic');
    return value;
  }
  const text = token !== undefined && /^[A-Za-z_]/.test(token) ? read(token) || '0' : token;
  if (text === undefined || !/^-?\d+$/.test(text)) throw new NotUnderstood('arithmetic');
  return Number(text);
}

function calculate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0) throw new NotUnderstood('a division by zero');
      return operator === '/' ? Math.trunc(left / right) : left % right;
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '&&':
      return Number(left !== 0 && right !== 0);
    default:
      return Number(left !== 0 || right !== 0);
  }
}
