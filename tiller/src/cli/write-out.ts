/** Standard output and error without their streams, which take a while to make. */
import { writeSync } from 'node:fs';

/** Writes all of a text, as far as there is a reader: one that goes away early (`| head -1`) is no error. */
export function writeOut(text: string): void {
  write(1, text);
}

export function writeErr(text: string): void {
  write(2, text);
}

function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return;
    // A pipe that does not wait for its reader: the stream does.
    if (code !== 'EAGAIN') throw error;
    const stream = descriptor === 1 ? process.stdout : process.stderr;
    stream.on('error', ignoreBrokenPipe).write(bytes.subarray(at));
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
