/**
 * The names that Kubernetes allows, by kind, as Helm's lint checks them, with the texts of k8s.io/apimachinery v0.37
 * (pkg/api/validate/content, pkg/util/validation/field).
 */
import { byteLength } from '../engine/gotemplate/bytes.ts';
import { quote } from '../engine/gotemplate/quote.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  'end with an alphanumeric character';
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  'an alphanumeric character';
const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  'end with an alphanumeric character';

type Check = (name: string) => readonly string[];

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['service', label1035],
  ['namespace', label],
  ['certificatesigningrequest', () => []],
  ['role', pathSegment],
  ['clusterrole', pathSegment],
  ['rolebinding', pathSegment],
  ['clusterrolebinding', pathSegment],
]);

/** What is wrong with the name of an object, as Helm's lint prints it; undefined when nothing is. */
export function nameProblem(kind: string, name: string): string | undefined {
  const check = checks.get(kind.toLowerCase()) ?? subdomain;
  const problems = [...new Set(check(name).map((reason) => `metadata.name: Invalid value: ${quote(name)}: ${reason}`))];
  if (problems.length === 0) return undefined;
  const all = problems.length === 1 ? problems.join() : `[${problems.join(', ')}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${all}`;
}

function subdomain(name: string): readonly string[] {
  const problems = longerThan(name, 253);
  if (!new RegExp(`^${SUBDOMAIN}$`).test(name)) problems.push(mismatch(SUBDOMAIN_RULE, SUBDOMAIN, ['example.com']));
  return problems;
}

function label(name: string): readonly string[] {
  const problems = longerThan(name, 63);
  if (new RegExp(`^${LABEL}$`).test(name)) return problems;
  const isSubdomain = new RegExp(`^${SUBDOMAIN}$`).test(name);
  return [...problems, isSubdomain ? 'must not contain dots' : mismatch(LABEL_RULE, LABEL, ['my-name', '123-abc'])];
}

function label1035(name: string): readonly string[] {
  const problems = longerThan(name, 63);
  if (!new RegExp(`^${LABEL_1035}$`).test(name)) {
    problems.push(mismatch(LABEL_1035_RULE, LABEL_1035, ['my-name', 'abc-123']));
  }
  return problems;
}

function pathSegment(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((text) => name.includes(text)).map((text) => `may not contain '${text}'`);
}

function longerThan(name: string, most: number): string[] {
  return byteLength(name) > most ? [`must be no more than ${most} characters`] : [];
}

function mismatch(rule: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`;
}
