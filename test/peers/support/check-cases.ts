/**
 * Our side of the random comparison as a process of its own, so that a case that never ends can be ended: each line of
 * standard input is a case with Helm's answer, each line of output what comparing it gave.
 */
import { createInterface } from 'node:readline';
import { checkTemplateCase, type TemplateCase } from '../../conformance/templates.ts';

for await (const line of createInterface({ input: process.stdin })) {
  // What render-fuzz.test.ts wrote.
  const item = JSON.parse(line) as TemplateCase;
  process.stdout.write(`${JSON.stringify(checkTemplateCase(item))}\n`);
}
