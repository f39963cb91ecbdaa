/** What re2js is given to match, so that its work can be charged for: it knows no limits of its own. */

/** Looks at characters between two charges. */
export const READS_A_CHARGE = 256;

/** A text that charges for each look at one of its characters: how far a match looks, nobody knows before it. */
export class MeteredText extends String {
  private readonly text: string;
  private readonly charge: () => void;
  private left = READS_A_CHARGE;

  constructor(text: string, charge: () => void) {
    super(text);
    this.text = text;
    this.charge = charge;
  }

  override charCodeAt(index: number): number {
    if (--this.left === 0) {
      this.left = READS_A_CHARGE;
      this.charge();
    }
    return this.text.charCodeAt(index);
  }

  /** The looks that were not charged for yet, from now on taken as charged for. */
  takeReads(): number {
    const reads = READS_A_CHARGE - this.left;
    this.left = READS_A_CHARGE;
    return reads;
  }

  override indexOf(searched: string, position?: number): number {
    const index = this.text.indexOf(searched, position);
    this.left = Math.max(1, this.left - (((index < 0 ? this.text.length : index) - (position ?? 0)) >> 6));
    return index;
  }
}
