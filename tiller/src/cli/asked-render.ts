/**
 * Rendering with answers from outside. Templates run to their end without waiting, so what they ask for (objects of a
 * cluster, addresses of hosts) is noted, fetched, and the chart rendered again until nothing new is asked.
 */
import { lookup as lookupHost } from 'node:dns/promises';
import type { Rendered, RenderOptions, Values } from '@drydock/charts';
import { verbatim } from './go-flags.ts';

export interface LookupKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Answers {
  /** Absent, `lookup` answers nothing. An Error that it answers with is what the template's call throws. */
  readonly lookup?: (key: LookupKey) => Promise<Values | Error>;
  readonly withDns: boolean;
}

/** Charts whose questions depend on the answers of others. */
const MAX_ROUNDS = 16;

/** Renders a chart with what else is known. */
export type Render = (known: Pick<RenderOptions, 'lookup' | 'resolveHost'>) => Rendered;

/** Throws ChartError, and CliError where there is always something new to ask. */
export async function renderAsking(render: Render, answers: Answers): Promise<Rendered> {
  const { lookup } = answers;
  const known = new Map<string, Values | Error>();
  const hosts = new Map<string, string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const asked = new Map<string, LookupKey>();
    const names = new Set<string>();
    const outcome = attempt(() =>
      render({
        ...(lookup === undefined ? {} : { lookup: (...key) => askObject(key, { known, asked }) }),
        ...(answers.withDns ? { resolveHost: (name) => askHost(name, { hosts, names }) } : {}),
      }),
    );
    // A failure counts only when no question is open: with the answer there may be none.
    if (asked.size === 0 && names.size === 0) return outcome();
    for (const [id, key] of asked) known.set(id, (await lookup?.(key)) ?? new Map());
    for (const name of names) hosts.set(name, await addressOf(name));
  }
  throw verbatim(`the chart asks for something new in each of ${MAX_ROUNDS} renders`);
}

function askObject(
  [apiVersion, kind, namespace, name]: readonly [string, string, string, string],
  state: { readonly known: ReadonlyMap<string, Values | Error>; readonly asked: Map<string, LookupKey> },
): Values {
  const id = JSON.stringify([apiVersion, kind, namespace, name]);
  const answer = state.known.get(id);
  if (answer === undefined) state.asked.set(id, { apiVersion, kind, namespace, name });
  if (answer instanceof Error) throw answer;
  return answer ?? new Map();
}

function askHost(
  name: string,
  state: { readonly hosts: ReadonlyMap<string, string>; readonly names: Set<string> },
): string {
  const address = state.hosts.get(name);
  if (address === undefined) state.names.add(name);
  return address ?? '';
}

/** Empty for a host that is not known, as Helm's function answers. */
async function addressOf(name: string): Promise<string> {
  try {
    return (await lookupHost(name)).address;
  } catch {
    return '';
  }
}

function attempt<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
