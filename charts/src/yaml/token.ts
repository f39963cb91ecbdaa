/** The tokens that the scanner hands to the parser: libyaml's. */

import type { SimpleKey } from './simple-keys.ts';

export const STREAM_END = 0;
export const VERSION_DIRECTIVE = 1;
export const TAG_DIRECTIVE = 2;
export const DOCUMENT_START = 3;
export const DOCUMENT_END = 4;
export const BLOCK_SEQUENCE_START = 5;
export const BLOCK_MAPPING_START = 6;
export const BLOCK_END = 7;
export const FLOW_SEQUENCE_START = 8;
export const FLOW_SEQUENCE_END = 9;
export const FLOW_MAPPING_START = 10;
export const FLOW_MAPPING_END = 11;
export const BLOCK_ENTRY = 12;
export const FLOW_ENTRY = 13;
export const KEY = 14;
export const VALUE = 15;
export const ALIAS = 16;
export const ANCHOR = 17;
export const TAG = 18;
export const SCALAR = 19;

export type TokenType = number;

export class Token {
  readonly type: TokenType;
  /** Where it begins, from 0. */
  readonly line: number;
  readonly column: number;
  /** Text of a scalar, name of an anchor, handle of a tag. */
  readonly value: string;
  /** Suffix of a tag, prefix of a tag directive. */
  readonly suffix: string;
  /** An unquoted scalar. */
  readonly plain: boolean;
  /** The simple key that this token may begin. */
  key: SimpleKey | undefined;
  constructor(type: TokenType, line: number, column: number, value: string, suffix: string, plain: boolean) {
    this.type = type;
    this.line = line;
    this.column = column;
    this.value = value;
    this.suffix = suffix;
    this.plain = plain;
    this.key = undefined;
  }
}
