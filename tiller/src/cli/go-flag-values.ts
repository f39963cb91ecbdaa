/** Values of flags by their types, with the errors of Go's strconv, time and encoding/csv. */

export type FlagKind =
  | 'bool'
  | 'string'
  /** Every flag is one more. */
  | 'stringArray'
  /** Every flag is a line of CSV. */
  | 'strings'
  /** `KEY=VALUE,...` */
  | 'stringToString'
  | 'duration'
  | 'int'
  | 'uint'
  | 'float32';

export type FlagValue = { readonly values: readonly string[] } | { readonly problem: string };

/** A flag's text read: what it stands for, or what is wrong with it. */
export function readFlagValue(kind: FlagKind, text: string): FlagValue {
  return readers[kind](text);
}

const readers: Readonly<Record<FlagKind, (text: string) => FlagValue>> = {
  string: one,
  stringArray: one,
  strings: (text) => (text === '' ? { values: [] } : readCsvLine(text)),
  stringToString: readPairs,
  bool(text) {
    if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return one('true');
    if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return one('false');
    return { problem: `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax` };
  },
  int: (text) => (/^[+-]?\d{1,15}$/.test(text) ? one(text) : notNumber('ParseInt', text)),
  uint: (text) => (/^\d{1,15}$/.test(text) ? one(text) : notNumber('ParseUint', text)),
  float32: (text) =>
    /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? one(text) : notNumber('ParseFloat', text),
  duration: readDuration,
};

function one(text: string): FlagValue {
  return { values: [text] };
}

function notNumber(parser: string, text: string): FlagValue {
  return { problem: `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax` };
}

/** time.ParseDuration: whether it is one, the text is kept. */
function readDuration(text: string): FlagValue {
  const quoted = JSON.stringify(text);
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return one(text);
  if (unsigned === '') return { problem: `time: invalid duration ${quoted}` };
  let rest = unsigned;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return { problem: `time: invalid duration ${quoted}` };
    rest = rest.slice(number.length);
    const unit = /^[^\d.]*/.exec(rest)?.[0] ?? '';
    if (unit === '') return { problem: `time: missing unit in duration ${quoted}` };
    if (!/^(?:ns|us|µs|μs|ms|s|m|h)$/.test(unit)) {
      return { problem: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    }
    rest = rest.slice(unit.length);
  }
  return one(text);
}

function readPairs(text: string): FlagValue {
  const count = text.split('=').length - 1;
  if (count === 0) return { problem: `${text} must be formatted as key=value` };
  const read = count === 1 ? { values: [text.replace(/^"+|"+$/g, '')] } : readCsvLine(text);
  if ('problem' in read) return read;
  const wrong = read.values.find((pair) => !pair.includes('='));
  return wrong === undefined ? read : { problem: `${wrong} must be formatted as key=value` };
}

/** One record of CSV. */
function readCsvLine(text: string): FlagValue {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let value = '';
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) return csvProblem(text.length, 'extraneous or missing " in quoted-field');
        value += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
      values.push(value);
      if (at >= text.length) return { values };
      if (text[at] !== ',') return csvProblem(at - 1, 'extraneous or missing " in quoted-field');
    } else {
      const comma = text.indexOf(',', at);
      const value = text.slice(at, comma < 0 ? text.length : comma);
      const quote = value.indexOf('"');
      if (quote >= 0) return csvProblem(at + quote, 'bare " in non-quoted-field');
      values.push(value);
      if (comma < 0) return { values };
      at = comma;
    }
    at += 1;
  }
}

/** `index` is that of the character; Go counts columns from one. */
function csvProblem(index: number, problem: string): FlagValue {
  return { problem: `parse error on line 1, column ${index + 1}: ${problem}` };
}
