/**
 * Charts in OCI registries. Follows Helm v4's pkg/registry: `+` of a version is `_` in a tag, without an exact version
 * the tags are searched, and the package is the layer of the chart's media type.
 */
import { isStrictVersion, isVersion, parseVersionRange, sortVersions } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';
import { packageFromArchive } from './archive.ts';
import type { ChartPackage, ChartSource, ChartVersion } from './chart-source.ts';
import type { ServerAccess } from './download.ts';
import { createOciClient, type OciClient, type OciReference, parseOciReference } from './oci-client.ts';

export interface OciOptions {
  /** What is known of a registry's host: name and password, TLS files. */
  readonly access?: (host: string) => ServerAccess;
}

/** A package as it was pulled. */
export interface OciPull {
  /** `HOST/NAME:TAG` */
  readonly ref: string;
  /** Of the manifest. */
  readonly digest: string;
  readonly archive: Buffer;
  /** Fetches the provenance. Throws ReleaseError where there is none. */
  readonly provenance: () => Promise<Buffer>;
}

const CONFIG_TYPE = 'application/vnd.cncf.helm.config.v1+json';
const PROVENANCE_TYPE = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
const CHART_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  // What Helm wrote before 3.7.
  'application/tar+gzip',
]);

export class OciChartSource implements ChartSource {
  private readonly client: OciClient;

  constructor(options: OciOptions = {}) {
    this.client = createOciClient(options.access ?? (() => ({})));
  }

  /** `ref` is `oci://HOST/NAME[:TAG][@DIGEST]`; a tag and a range must be the same. Without either, the newest release. */
  async resolve(ref: string, range = ''): Promise<ChartVersion> {
    const reference = parseOciReference(ref);
    if (range !== '' && reference.tag !== '' && reference.tag !== range) {
      throw new ReleaseError('Invalid', `chart reference and version mismatch: ${range} is not ${reference.tag}`);
    }
    const name = reference.repository.split('/').at(-1) ?? '';
    const wanted = range === '' ? reference.tag : range;
    if (reference.digest !== '' || isVersion(wanted)) return { ref, name, version: wanted };
    const versions = await this.versions(reference);
    if (versions.length === 0) {
      throw new ReleaseError('NotFound', `unable to locate any tags in provided repository: ${ref}`);
    }
    return { ref, name, version: chooseVersion(versions, wanted) };
  }

  async pull(version: ChartVersion): Promise<ChartPackage> {
    const { archive } = await this.pullArchive(version);
    return packageFromArchive(archive, version.ref);
  }

  /** Versions that the tags name, newest first. */
  async versions(reference: OciReference): Promise<readonly string[]> {
    const tags = await this.client.tags(reference);
    const versions = tags.map((tag) => tag.replaceAll('_', '+')).filter(isStrictVersion);
    return sortVersions(versions, (version) => version);
  }

  /** The bytes of a package, with what was pulled. */
  async pullArchive({ ref, version }: ChartVersion): Promise<OciPull> {
    const reference = parseOciReference(ref);
    const tag = version.replaceAll('+', '_');
    const { host, repository } = reference;
    const manifest = await this.client.manifest(reference, reference.digest || tag);
    const where =
      reference.digest === '' ? `${host}/${repository}:${tag}` : `${host}/${repository}@${reference.digest}`;
    if (manifest.config?.mediaType !== CONFIG_TYPE) {
      const message = `could not load config with mediatype ${CONFIG_TYPE}: ${where} is no Helm chart`;
      throw new ReleaseError('Invalid', message);
    }
    const layer = manifest.layers.find(({ mediaType }) => CHART_TYPES.has(mediaType));
    if (layer === undefined) {
      throw new ReleaseError('Invalid', `manifest does not contain a layer with mediatype ${[...CHART_TYPES][0]}`);
    }
    const provenance = async (): Promise<Buffer> => {
      const proof = manifest.layers.find(({ mediaType }) => mediaType === PROVENANCE_TYPE);
      if (proof !== undefined) return this.client.blob(reference, proof.digest);
      throw new ReleaseError('NotFound', `manifest does not contain a layer with mediatype ${PROVENANCE_TYPE}`);
    };
    const archive = await this.client.blob(reference, layer.digest);
    return { ref: where, digest: manifest.digest, archive, provenance };
  }
}

function chooseVersion(versions: readonly string[], wanted: string): string {
  if (versions.includes(wanted)) return wanted;
  const range = parseVersionRange(wanted === '' ? '*' : wanted);
  const found = versions.find((version) => range.includes(version));
  if (found !== undefined) return found;
  throw new ReleaseError('NotFound', `could not locate a version matching provided version string ${wanted}`);
}
