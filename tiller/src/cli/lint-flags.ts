/** The flags of `helm lint` v4.3, read as Helm reads them, and those of what a rehearsal sees beyond it. */
import type { FlagSpec } from './go-flags.ts';
import { LIMIT_FLAGS } from './limit-flags.ts';
import { GLOBAL_FLAGS, SERVER_FLAGS, TEMPLATE_FLAGS } from './template-flags.ts';

/** What `helm template` has, too. */
const SHARED = new Set([
  ...['set', 'set-file', 'set-json', 'set-literal', 'set-string', 'values'],
  ...['kube-version', 'skip-schema-validation', 'version', 'devel', 'repo', 'pass-credentials'],
]);

export const LINT_FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  ...SERVER_FLAGS,
  ...LIMIT_FLAGS,
  ...TEMPLATE_FLAGS.filter(({ name }) => SHARED.has(name)),
  { name: 'strict', kind: 'bool', help: "warnings of Helm's rules fail, too" },
  { name: 'quiet', kind: 'bool', help: 'print only warnings and errors' },
  { name: 'with-subcharts', kind: 'bool', help: 'lint the charts of charts/, too' },
  {
    name: 'against',
    kind: 'string',
    help: 'the version before, for immutable fields: a path, SPACE/NAME, ... with --version',
  },
  { name: 'against-release', kind: 'string', help: 'a release in the cluster, for immutable fields' },
  { name: 'rules', kind: 'string', check: oneOf('all', 'helm'), help: "all (the default), or helm: Helm's own alone" },
  {
    name: 'fail-on',
    kind: 'string',
    check: oneOf('info', 'warning', 'error'),
    help: 'findings of any rule from this severity on fail: info, warning or error',
  },
  {
    name: 'output',
    short: 'o',
    kind: 'string',
    check: oneOf('text', 'json', 'sarif'),
    help: 'format of the output: text (the default), json or sarif',
  },
];

function oneOf(...choices: readonly string[]): (value: string) => string | undefined {
  return (value) => (choices.includes(value) ? undefined : `must be one of ${choices.join(', ')}`);
}
