/**
 * Charts of the registry, in process. A reference is SPACE/NAME; a range is Helm's (`^1.2`, `1.x`, `>=1 <2`), and
 * without one the latest release counts, pre-releases only where there is nothing else to ask for.
 */
import { isRegistryError, type Registry } from '@drydock/registry';
import semver from 'semver';
import { ReleaseError } from '../releases/release.ts';
import { packageFromArchive } from './archive.ts';
import type { ChartPackage, ChartSource, ChartVersion } from './chart-source.ts';

export class RegistryChartSource implements ChartSource {
  private readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  async resolve(ref: string, range?: string): Promise<ChartVersion> {
    const { space, name } = parseRef(ref);
    const versions = await this.versionsOf({ ref, space, name });
    const version = chooseVersion(versions, range);
    if (version === undefined) {
      throw new ReleaseError(
        'NotFound',
        `chart "${ref}" has no version that fits "${range ?? '*'}" (it has ${listSome(versions)})`,
      );
    }
    return { ref, name, version };
  }

  async pull(version: ChartVersion): Promise<ChartPackage> {
    const { space, name } = parseRef(version.ref);
    const { archive } = await this.registry.pull(space, name, version.version);
    return packageFromArchive(archive, version.ref);
  }

  private async versionsOf(chart: { ref: string; space: string; name: string }): Promise<readonly string[]> {
    try {
      const { items } = await this.registry.listVersions(chart.space, { chart: chart.name });
      return items.map((entry) => entry.version);
    } catch (error) {
      // A space is to Helm a repository, and the error has Helm's text; repositories have no slashes in their names.
      if (isRegistryError(error, 'SpaceNotFound') && !chart.space.includes('/')) {
        throw new ReleaseError('NotFound', `repo ${chart.space} not found`, { cause: error });
      }
      if (!isRegistryError(error, 'SpaceNotFound', 'ChartNotFound', 'NotFound')) throw error;
      throw new ReleaseError('NotFound', `chart "${chart.ref}" not found: ${error.message}`, { cause: error });
    }
  }
}

/** An exact version as it is written; otherwise the highest that fits the range. */
export function chooseVersion(versions: readonly string[], range: string | undefined): string | undefined {
  if (range !== undefined && versions.includes(range)) return range;
  const wanted = range === undefined || range === '' ? '*' : range;
  // Masterminds' comparators, as Helm's, are joined by commas, too.
  const fitting = semver.maxSatisfying([...versions], wanted.replaceAll(',', ' '), { loose: true });
  return fitting ?? undefined;
}

function parseRef(ref: string): { space: string; name: string } {
  // A space's name may have slashes itself.
  const slash = ref.lastIndexOf('/');
  const [space, name] = [ref.slice(0, Math.max(slash, 0)), ref.slice(slash + 1)];
  if (space === '' || name === '') {
    throw new ReleaseError('Invalid', `chart "${ref}" is neither a path that exists nor a SPACE/NAME of the registry`);
  }
  return { space, name };
}

function listSome(versions: readonly string[]): string {
  if (versions.length === 0) return 'none';
  return versions.length > 5 ? `${versions.slice(0, 5).join(', ')}, ...` : versions.join(', ');
}
