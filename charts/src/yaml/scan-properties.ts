/** Anchors, aliases, tags and directives, as libyaml scans them. */
import { hexValue, isBlank, isBlankOrEnd, isDigit, isWord } from './characters.ts';
import { skipRestOfLine } from './scan-block.ts';
import type { Source } from './source.ts';
import { TAG, TAG_DIRECTIVE, Token, VERSION_DIRECTIVE } from './token.ts';

/** Reads the name of an anchor or alias whose indicator is at the current place. */
export function scanAnchor(source: Source): string {
  source.pos++;
  const name = scanWord(source);
  const code = source.text.charCodeAt(source.pos);
  if (name === '' || !(isBlankOrEnd(code) || '?:,]}%@`'.includes(String.fromCharCode(code)))) {
    throw source.error('did not find expected alphabetic or numeric character');
  }
  return name;
}

/** Reads the tag at the current place: `!<uri>`, `!handle!suffix`, `!suffix` or `!`. */
export function scanTag(source: Source): Token {
  const { text, line, column } = source;
  let handle = '';
  let suffix: string;
  if (text.charCodeAt(source.pos + 1) === 60) {
    source.pos += 2;
    suffix = scanUri(source, '');
    if (text.charCodeAt(source.pos) !== 62) throw source.error("did not find the expected '>'");
    source.pos++;
  } else {
    handle = scanHandle(source, 'tag');
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = scanUri(source, '');
    } else {
      suffix = scanUri(source, handle);
      handle = '!';
      if (suffix === '') {
        handle = '';
        suffix = '!';
      }
    }
  }
  if (!isBlankOrEnd(text.charCodeAt(source.pos))) throw source.error('did not find expected whitespace or line break');
  return new Token(TAG, line, column, handle, suffix, false);
}

/** Reads the `%` line at the current place, its line break included. */
export function scanDirective(source: Source): Token {
  const { line, column } = source;
  source.pos++;
  const name = scanWord(source);
  if (name === '') throw source.error('could not find expected directive name');
  if (!isBlankOrEnd(source.text.charCodeAt(source.pos))) {
    throw source.error('found unexpected non-alphabetical character');
  }
  let token: Token;
  if (name === 'YAML') {
    token = new Token(VERSION_DIRECTIVE, line, column, scanVersion(source), '', false);
  } else if (name === 'TAG') {
    const { handle, prefix } = scanTagDirective(source);
    token = new Token(TAG_DIRECTIVE, line, column, handle, prefix, false);
  } else {
    throw source.error('found unknown directive name');
  }
  skipRestOfLine(source, 'did not find expected comment or line break');
  return token;
}

/** e.g. `1.1` */
function scanVersion(source: Source): string {
  skipBlanks(source);
  const major = scanVersionNumber(source);
  if (source.text.charCodeAt(source.pos) !== 46) throw source.error("did not find expected digit or '.' character");
  source.pos++;
  return `${major}.${scanVersionNumber(source)}`;
}

function scanVersionNumber(source: Source): number {
  let value = 0;
  let length = 0;
  while (isDigit(source.text.charCodeAt(source.pos))) {
    if (++length > 2) throw source.error('found extremely long version number');
    value = value * 10 + source.text.charCodeAt(source.pos) - 48;
    source.pos++;
  }
  if (length === 0) throw source.error('did not find expected version number');
  return value;
}

function scanTagDirective(source: Source): { handle: string; prefix: string } {
  skipBlanks(source);
  const handle = scanHandle(source, 'directive');
  if (!isBlank(source.text.charCodeAt(source.pos))) throw source.error('did not find expected whitespace');
  skipBlanks(source);
  const prefix = scanUri(source, '');
  if (!isBlankOrEnd(source.text.charCodeAt(source.pos))) {
    throw source.error('did not find expected whitespace or line break');
  }
  return { handle, prefix };
}

function scanHandle(source: Source, of: 'directive' | 'tag'): string {
  const { text } = source;
  if (text.charCodeAt(source.pos) !== 33) throw source.error("did not find expected '!'");
  const start = source.pos;
  source.pos++;
  scanWord(source);
  if (text.charCodeAt(source.pos) === 33) source.pos++;
  else if (of === 'directive' && source.pos - start > 1) throw source.error("did not find expected '!'");
  return text.slice(start, source.pos);
}

const URI_CHARACTERS = ";/?:@&=+$,.!~*'()[]%";

/** Reads a tag's URI. `head` is what a handle scan already took of it; its leading `!` is left out. */
function scanUri(source: Source, head: string): string {
  const { text } = source;
  let uri = head.slice(1);
  let found = head !== '';
  for (;;) {
    const code = text.charCodeAt(source.pos);
    if (code === 0 || !(isWord(code) || URI_CHARACTERS.includes(String.fromCharCode(code)))) break;
    if (code === 37) {
      uri += scanUriEscape(source);
    } else {
      uri += String.fromCharCode(code);
      source.pos++;
    }
    found = true;
  }
  if (!found) throw source.error('did not find expected tag URI');
  return uri;
}

/** One character written as `%xx` octets of UTF-8. */
function scanUriEscape(source: Source): string {
  const octets: number[] = [];
  let width = 1;
  while (octets.length < width) {
    const high = hexValue(source.text.charCodeAt(source.pos + 1));
    const low = hexValue(source.text.charCodeAt(source.pos + 2));
    if (source.text.charCodeAt(source.pos) !== 37 || high < 0 || low < 0) {
      throw source.error('did not find URI escaped octet');
    }
    const octet = high * 16 + low;
    if (octets.length === 0) {
      width = octet < 0x80 ? 1 : octet >> 5 === 6 ? 2 : octet >> 4 === 14 ? 3 : octet >> 3 === 30 ? 4 : 0;
      if (width === 0) throw source.error('found an incorrect leading UTF-8 octet');
    } else if ((octet & 0xc0) !== 0x80) {
      throw source.error('found an incorrect trailing UTF-8 octet');
    }
    octets.push(octet);
    source.pos += 3;
  }
  return new TextDecoder().decode(Uint8Array.from(octets));
}

function scanWord(source: Source): string {
  const start = source.pos;
  while (isWord(source.text.charCodeAt(source.pos))) source.pos++;
  return source.text.slice(start, source.pos);
}

function skipBlanks(source: Source): void {
  while (isBlank(source.text.charCodeAt(source.pos))) source.pos++;
}
