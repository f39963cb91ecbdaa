/** drydock version */
import { VERSION } from '../version.ts';

export async function run(): Promise<void> {
  process.stdout.write(`drydock ${VERSION}\n`);
}
