/** What the quick way through plain blocks (block-reader.ts) is given. */
import type { Builder } from './builder.ts';

/** What a builder must know to be given plain blocks. */
export type BlockBuilder<V> = Pick<
  Builder<V>,
  'plain' | 'plainKey' | 'text' | 'mapping' | 'sequence' | 'append' | 'set' | 'isMapping' | 'isSequence'
>;

export interface BlockOptions<V> {
  readonly builder: BlockBuilder<V>;
  /** Reads a flow collection that nests up to `maxDepth`. Throws if it is not well-formed. */
  readonly flow: (text: string, maxDepth: number) => V | undefined;
  /** The text has a line break at its end that was not there. */
  readonly lineBreakAdded: boolean;
  readonly maxDepth: number;
  /** Keys of the outermost mapping whose values are wanted; absent, all are. */
  readonly wanted?: (key: string) => boolean;
  /** What takes the values that are not wanted: it may refuse them. */
  readonly checker?: BlockBuilder<V>;
}
