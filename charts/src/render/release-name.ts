/** Names of releases. Helm v4's rule and messages (pkg/chart/v2/util/validate_name.go). */
import { ChartError } from '../chart/chart-error.ts';
import { quote } from '../engine/gotemplate/quote.ts';

const validName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Throws ChartError InvalidValues where a release can't have that name. */
export function checkReleaseName(name: string): void {
  if (name === '') throw invalid(name, 'no name provided');
  if (name.length > 53 || !validName.test(name)) {
    throw invalid(
      name,
      `invalid release name, must match regex ${validName.source} and the length must not be longer than 53`,
    );
  }
}

function invalid(name: string, reason: string): ChartError {
  return new ChartError('InvalidValues', `release name check failed: release name ${quote(name)}: ${reason}`);
}
