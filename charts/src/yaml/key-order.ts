/**
 * The order in which go-yaml writes the keys of a map: letters by code point, digits by the number they form, all
 * else before letters. So `a2` comes before `a10`, and `a-b` before `ab`.
 */

/** For Array.sort, as go.yaml.in/yaml 2.4. */
export function compareKeys(a: string, b: string): number {
  return compare(a, b, false);
}

/** For Array.sort, as go.yaml.in/yaml 3: after a run of digits, letters come first. */
export function compareKeysV3(a: string, b: string): number {
  return compare(a, b, true);
}

function compare(a: string, b: string, lettersAfterDigits: boolean): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  // Step back to the beginning of a character.
  if (i > 0 && (a.charCodeAt(i - 1) & 0xfc00) === 0xd800 && (a.charCodeAt(i) & 0xfc00) === 0xdc00) i--;
  const ac = a.codePointAt(i) ?? 0;
  const bc = b.codePointAt(i) ?? 0;
  const aLetter = isLetter(ac);
  const bLetter = isLetter(bc);
  if (aLetter && bLetter) return ac - bc;
  if (aLetter || bLetter) {
    const afterDigits = lettersAfterDigits && i > 0 && isDigit(precedingCode(a, i));
    return (afterDigits ? aLetter : bLetter) ? -1 : 1;
  }
  return compareDigits(a, b, i) || ac - bc;
}

/** Compares the numbers that the digits at `at` form; zero when they do not decide. */
function compareDigits(a: string, b: string, at: number): number {
  let lead = 0n;
  if (a.charCodeAt(at) === 48 || b.charCodeAt(at) === 48) {
    // A zero that differs counts only if the digits before it are not all zeros.
    for (let j = at; j > 0; ) {
      const code = precedingCode(a, j);
      if (!isDigit(code)) break;
      if (code !== 48) {
        lead = 1n;
        break;
      }
      j -= code > 0xffff ? 2 : 1;
    }
  }
  const left = digitsAt(a, at, lead);
  const right = digitsAt(b, at, lead);
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return left.end - right.end;
}

function digitsAt(text: string, at: number, lead: bigint): { value: bigint; end: number } {
  let value = lead;
  let end = at;
  let count = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    if (!isDigit(code)) break;
    value = BigInt.asIntN(64, value * 10n + BigInt(code - 48));
    end += code > 0xffff ? 2 : 1;
    count++;
  }
  return { value, end: at + count };
}

function precedingCode(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return (unit & 0xfc00) === 0xdc00 && at > 1 ? (text.codePointAt(at - 2) ?? unit) : unit;
}

function isLetter(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return /^\p{L}$/u.test(String.fromCodePoint(code));
}

function isDigit(code: number): boolean {
  if (code < 128) return code >= 48 && code <= 57;
  return /^\p{Nd}$/u.test(String.fromCodePoint(code));
}
