/** drydock verify PATH: whether a package is signed and unchanged, as `helm verify` v4.3. */
import { type FlagSpec, formatFlags, parseGoFlags, verbatim } from './go-flags.ts';
import { GLOBAL_FLAGS } from './template-flags.ts';
import { formatVerification, verifyFile } from './verify-chart.ts';
import { writeOut } from './write-out.ts';

const USAGE = 'drydock verify PATH [flags]';
const FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  { name: 'keyring', kind: 'string', help: "public keys (default: GnuPG's pubring.gpg, or its pubring.kbx)" },
];

export async function run(args: readonly string[]): Promise<void> {
  const { flags, positionals, wantsHelp } = parseGoFlags(FLAGS, args);
  if (wantsHelp) {
    writeOut(`Checks a package against its provenance, the file PATH.prov.\n\nUsage:\n  ${USAGE}\n\nFlags:\n`);
    writeOut(formatFlags(FLAGS));
    return;
  }
  if (positionals.length !== 1) {
    throw verbatim(`"drydock verify" requires 1 argument\n\nUsage:  ${USAGE}`);
  }
  writeOut(formatVerification(await verifyFile(positionals[0] ?? '', flags)));
}
