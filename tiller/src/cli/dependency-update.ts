/**
 * drydock dependency update and build: from Chart.yaml or Chart.lock to packages in charts/. Follows Helm v4's
 * pkg/downloader/manager.go in what is said and chosen. Unlike there, nothing changes in charts/ unless everything came,
 * a package must fit the digest of its index, and build takes repositories that nobody has configured.
 */
import { lstatSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Chart,
  type ChartDependency,
  formatLock,
  helm2LockDigest,
  lockDigest,
  type Requirement,
  requirementsOf,
} from '@drydock/charts';
import { loadForDependencies } from './dependency-chart.ts';
import { replaceCharts } from './dependency-replace.ts';
import { resolveDependencies } from './dependency-resolve.ts';
import { type DependencySources, openSources } from './dependency-sources.ts';
import type { VerifyStrategy } from './dependency-verify.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';
import { writeErr, writeOut } from './write-out.ts';

/** Resolves Chart.yaml anew, brings the charts and writes the lock. Throws CliError; then nothing has changed. */
export async function updateDependencies(
  path: string,
  flags: GoFlags,
  verify: VerifyStrategy = flags.is('verify') ? 'always' : 'never',
): Promise<void> {
  const chart = loadChartFolder(path);
  const written = requirementsOf(chart);
  if (written === undefined) return;
  const sources = openSources(path, { flags, verify });
  const requirements = written.map((requirement) => sources.withUrl(requirement));
  await sources.refresh(requirements);
  for (const { name, repository = '' } of requirements) if (repository === '') checkFolder(join(path, 'charts', name));
  const resolved = await resolveDependencies(requirements, sources);
  const locked = await bring(resolved, { path, sources });
  const digest = lockDigest(requirements, locked);
  if (chart.lock?.digest === digest) return;
  const generated = new Date().toISOString().replace(/\.?0*Z$/, 'Z');
  writeLock(join(path, lockName(chart)), formatLock({ generated, digest, dependencies: locked }));
}

/** Where no repository is declared, the chart is in charts/ already. */
function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  throw verbatim(`directory ${folder} not found`, 'NotFound');
}

/** Brings what the lock names; without one, as update. Throws CliError where the lock does not fit Chart.yaml. */
export async function buildDependencies(path: string, flags: GoFlags): Promise<void> {
  const chart = loadChartFolder(path);
  const { lock } = chart;
  // As Helm: update insists on a signature, build takes what has none.
  const verify = flags.is('verify') ? 'ifPossible' : 'never';
  if (lock === undefined) return updateDependencies(path, flags, verify);
  const written = requirementsOf(chart) ?? [];
  const sources = openSources(path, { flags, verify });
  const requirements = written.map((requirement) => sources.withUrl(requirement));
  checkLock(chart, { written, requirements });
  await sources.refresh(lock.dependencies);
  await bring(lock.dependencies, { path, sources });
}

function loadChartFolder(path: string): Chart {
  try {
    if (!statSync(path).isDirectory()) throw verbatim('only unpacked charts can be updated');
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw verbatim(`could not find ${path}: stat ${path}: ${reasonOf(error)}`, 'NotFound');
    }
    throw error;
  }
  return loadForDependencies(path);
}

function checkLock(
  chart: Chart,
  lists: { readonly written: readonly Requirement[]; readonly requirements: readonly Requirement[] },
): void {
  const { lock } = chart;
  if (lock === undefined || lockDigest(lists.requirements, lock.dependencies) === lock.digest) return;
  if (chart.metadata.apiVersion !== 'v1') {
    throw verbatim(
      "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'",
    );
  }
  const time = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  writeErr(`${day} ${clock} warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash...\n`);
  if (helm2LockDigest(lists.written) === lock.digest) return;
  throw verbatim(
    'the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies',
  );
}

/** Fetches every package, and only then touches charts/. Answers what was locked, with the versions that came. */
async function bring(
  dependencies: readonly ChartDependency[],
  { path, sources }: { readonly path: string; readonly sources: DependencySources },
): Promise<readonly ChartDependency[]> {
  const folder = join(path, 'charts');
  const info = statSync(folder, { throwIfNoEntry: false });
  if (info !== undefined && !info.isDirectory()) throw verbatim(`${JSON.stringify(folder)} is not a directory`);
  writeOut(`Saving ${dependencies.length} charts\n`);
  const packages = new Map<string, Uint8Array>();
  const fetched = new Set<string>();
  const locked: ChartDependency[] = [];
  for (const dependency of dependencies) {
    try {
      const brought = await sources.bring(dependency, fetched);
      if (brought?.file !== undefined) packages.set(brought.file.name, brought.file.data);
      locked.push({ ...dependency, ...(brought === undefined ? {} : { version: brought.version }) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      writeOut(`Save error occurred:  ${message}\n`);
      throw verbatim(message);
    }
  }
  writeOut('Deleting outdated charts\n');
  const local = dependencies.filter(({ repository = '' }) => repository === '').map(({ name }) => name);
  replaceCharts(folder, { packages, local: new Set(local) });
  return locked;
}

function lockName(chart: Chart): string {
  return chart.metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock';
}

/** A link is not followed: it could lead to anything. */
function writeLock(path: string, text: string): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isSymbolicLink() === true) {
    const name = path.split('/').at(-1);
    throw verbatim(`the ${name} file is a symlink to ${JSON.stringify(readlinkSync(path))}`);
  }
  writeFileSync(path, text);
}
