/** How much memory a server's heap takes. */
import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow by half of what is alive before garbage is collected, where V8 would let it grow to several times
 * that: a render leaves much garbage and keeps next to nothing. It costs about an eighth more processor time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
