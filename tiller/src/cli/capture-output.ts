/** For tests of commands: what one of them prints. */

/** Runs something and gives what it wrote to standard output meanwhile. */
export async function captureOutput(act: () => Promise<void>): Promise<string> {
  const write = process.stdout.write;
  const pieces: Uint8Array[] = [];
  process.stdout.write = (piece: string | Uint8Array): boolean => {
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    return true;
  };
  try {
    await act();
  } finally {
    process.stdout.write = write;
  }
  return Buffer.concat(pieces).toString();
}
