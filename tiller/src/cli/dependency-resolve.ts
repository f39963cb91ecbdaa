/** From the ranges of Chart.yaml to one version each. Follows Helm v4's internal/resolver. */
import { type ChartDependency, isVersion, parseVersionRange, type VersionRange } from '@drydock/charts';
import type { DependencySources } from './dependency-sources.ts';
import { verbatim } from './go-flags.ts';

/** What a lock holds: name, repository and version alone. Throws CliError that names all that have no version. */
export async function resolveDependencies(
  dependencies: readonly ChartDependency[],
  sources: DependencySources,
): Promise<readonly ChartDependency[]> {
  const locked: ChartDependency[] = [];
  const missing: string[] = [];
  for (const dependency of dependencies) {
    const { name, repository = '', version: wanted = '' } = dependency;
    const version = await chooseVersion(dependency, { range: readRange(dependency), sources });
    if (version === undefined) missing.push(`"${name}" (repository "${repository}", version "${wanted}")`);
    else locked.push({ name, repository, version });
  }
  if (missing.length === 0) return locked;
  throw verbatim(
    `can't get a valid version for ${missing.length} subchart(s): ${missing.join(', ')}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    'NotFound',
  );
}

async function chooseVersion(
  dependency: ChartDependency,
  { range, sources }: { readonly range: VersionRange; readonly sources: DependencySources },
): Promise<string | undefined> {
  const { name, repository = '', version = '' } = dependency;
  // What is in charts/ already is held to its range when it is looked at.
  if (repository === '') return version;
  if (repository.startsWith('file://')) {
    const { metadata } = sources.local(repository);
    return range.includes(metadata.version) ? metadata.version : undefined;
  }
  if (repository.startsWith('oci://')) {
    if (isVersion(version)) return version;
    // As Helm: where none fits, the pull says so.
    return (await sources.ociVersions(dependency)).find((each) => range.includes(each)) ?? version;
  }
  const entries = sources.index(repository).get(name);
  if (entries === undefined) throw verbatim(`${name} chart not found in repo ${repository}`, 'NotFound');
  return entries.find((entry) => entry.urls.length > 0 && range.includes(entry.version))?.version;
}

function readRange({ name, version = '' }: ChartDependency): VersionRange {
  try {
    return parseVersionRange(version);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw verbatim(`dependency "${name}" has an invalid version/constraint format: ${reason}`);
  }
}
