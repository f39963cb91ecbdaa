/** Names, tags and digests of the OCI distribution specification 1.1, and how charts stand among them. */
import { isDigest } from '../digest.ts';
import { RegistryError } from '../errors.ts';
import type { VersionRef } from '../names.ts';

/** A repository: for a chart, its space and its name, which together are its name as a repository. */
export interface Repository {
  readonly name: string;
  readonly space: string;
  readonly chart: string;
}

const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const namePattern = new RegExp(`^${part}(?:/${part})*$`);
const maxNameLength = 200;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Throws NameInvalid. A name of one part is a chart of `defaultSpace`. */
export function parseRepository(name: string, defaultSpace: string): Repository {
  if (name.length > maxNameLength || !namePattern.test(name)) {
    throw new RegistryError('NameInvalid', `repository ${JSON.stringify(name.slice(0, 200))} is not a valid name`);
  }
  const slash = name.lastIndexOf('/');
  const space = slash === -1 ? defaultSpace : name.slice(0, slash);
  const chart = name.slice(slash + 1);
  return { name: `${space}/${chart}`, space, chart };
}

/** Throws DigestInvalid; other algorithms than sha256 and sha512 are not kept. */
export function checkDigest(digest: string): void {
  if (!isDigest(digest)) {
    throw new RegistryError(
      'DigestInvalid',
      `digest ${JSON.stringify(digest.slice(0, 200))} is not sha256 or sha512 and its hex digits`,
    );
  }
}

/** Throws TagInvalid. */
export function checkTag(tag: string): void {
  if (!tagPattern.test(tag)) {
    throw new RegistryError('TagInvalid', `tag ${JSON.stringify(tag.slice(0, 200))} is not valid`);
  }
}

/** A version as a tag: Helm writes `+`, which tags can't have, as `_`. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

/** The version of a tag; a version has no `_` of its own. */
export function versionOf(repository: Repository, tag: string): VersionRef {
  return { space: repository.space, chart: repository.chart, version: tag.replace('_', '+') };
}
