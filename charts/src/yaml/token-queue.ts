/** Tokens that are scanned but not yet taken. Numbers count tokens from the beginning of the text. */
import type { Token } from './token.ts';

export class TokenQueue {
  private readonly tokens: Token[] = [];
  private head = 0;
  /** Tokens that were taken: the number of the first that is left. */
  taken = 0;

  first(): Token | undefined {
    return this.tokens[this.head];
  }

  /** The number that the next token to be pushed will have. */
  get nextNumber(): number {
    return this.taken + this.tokens.length - this.head;
  }

  push(token: Token): void {
    this.tokens.push(token);
  }

  /** Puts a token before the one of that number, or last if that one was taken already. */
  insert(token: Token, number: number): void {
    if (number < this.taken) this.tokens.push(token);
    else this.tokens.splice(this.head + number - this.taken, 0, token);
  }

  dropFirst(): void {
    this.taken++;
    this.head++;
    if (this.head === this.tokens.length) {
      this.tokens.length = 0;
      this.head = 0;
    }
  }
}
