/** The chart format, values and rendering: everything that other packages use of this one. */
export {
  type ArchiveLimits,
  chartFromFiles,
  defaultArchiveLimits,
  loadArchive,
  packageChart,
} from './chart/archive.ts';
export {
  archiveFileName,
  type Chart,
  type ChartDependency,
  type ChartFile,
  type ChartLock,
  type ChartMaintainer,
  type ChartMetadata,
  type ImportValue,
} from './chart/chart.ts';
export { ChartError, type ChartErrorCode, type ChartErrorDetails } from './chart/chart-error.ts';
export { loadChart, loadDirectory } from './chart/directory.ts';
export { formatLock, helm2LockDigest, lockDigest, type Requirement, requirementsOf } from './chart/lock.ts';
export { isCompatible, isVersion } from './chart/version.ts';
export {
  isSameVersion,
  isStrictVersion,
  parseVersionRange,
  sortVersions,
  type VersionRange,
} from './chart/version-range.ts';
export type { Instant, Limits, Lookup, RandomSource } from './engine/engine.ts';
export {
  type DerElement,
  derBits,
  derElement,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTrue,
  readDer,
  readDerSequence,
} from './engine/functions/der.ts';
export { FunctionError } from './engine/functions/function.ts';
export { decodePem, encodePem, type PemBlock } from './engine/functions/pem.ts';
export { goString } from './engine/gotemplate/bytes.ts';
export type { GoValue } from './engine/gotemplate/go-value.ts';
export {
  type Capabilities,
  defaultCapabilities,
  defaultHelmVersion,
  type HelmVersion,
  type KubeVersion,
  parseKubeVersion,
} from './render/capabilities.ts';
export { type FormatOptions, formatManifests, formatRendered } from './render/format.ts';
export { installOrder, sortByKind, uninstallOrder } from './render/kind-order.ts';
export { defaultLimits, type LimitTexts, parseLimits } from './render/limits.ts';
export { type Hook, type Manifest, type ManifestObject, readManifests, splitManifests } from './render/manifest.ts';
export { renderNameTemplate } from './render/name-template.ts';
export { checkReleaseName } from './render/release-name.ts';
export {
  type CrdFile,
  coalesceValues,
  type Rendered,
  type RenderOptions,
  renderChart,
  renderFiles,
} from './render/render.ts';
export { createTemplateCache, type TemplateCache } from './render/template-cache.ts';
export type { Warn, Warning } from './values/coalesce.ts';
export { type FileSetting, mergeValueLayers, pathsOfPairs, type ValueLayers } from './values/layers.ts';
export type { SchemaFiles } from './values/schema.ts';
export { type PackedValues, packValues, unpackValues } from './values/transfer.ts';
export {
  formatValues,
  type JsonValue,
  mergeMaps as mergeValues,
  parseValues,
  type Values,
  valuesFromJson,
  valuesToJson,
} from './values/values.ts';
export { emitYaml } from './yaml/emit.ts';
export { parseYaml, parseYamlDocuments } from './yaml/parse.ts';
