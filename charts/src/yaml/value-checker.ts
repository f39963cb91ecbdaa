/** Takes the values of plain blocks that nobody asks for: refuses what a builder would, and keeps nothing. */
import type { BlockBuilder } from './block-options.ts';
import { NOT_PLAIN } from './block-reader.ts';
import type { Builder } from './builder.ts';

/** Keys that may be null or too large for an integer. */
const ODD_KEY = /^(?:null|[0-9]{16,})$/i;
const NOT_FINITE = /^[-+]?\.(?:inf|nan)$/i;

export class ValueChecker<V> implements BlockBuilder<V> {
  private readonly nothing: V;
  private readonly builder: Builder<V>;

  constructor(builder: Builder<V>) {
    this.builder = builder;
    this.nothing = builder.text('');
  }

  plain(text: string): V {
    const first = text.charCodeAt(0);
    // `+`, `-` and `.`
    if (first >= 43 && first <= 46 && NOT_FINITE.test(text)) throw NOT_PLAIN;
    return this.nothing;
  }

  plainKey(text: string): V {
    const first = text.charCodeAt(0);
    if ((first < 58 || first === 78 || first === 110) && ODD_KEY.test(text)) throw NOT_PLAIN;
    return this.nothing;
  }

  text(): V {
    return this.nothing;
  }

  mapping(): V {
    return this.nothing;
  }

  sequence(): V {
    return this.nothing;
  }

  append(): void {}

  set(): void {}

  isMapping(value: V): boolean {
    return this.builder.isMapping(value);
  }

  isSequence(value: V): boolean {
    return this.builder.isSequence(value);
  }
}
