/**
 * Probes and lifecycle handlers of a container (pkg/apis/core/validation, v1.34).
 */
import type { Container, Probe } from 'kubernetes-types/core/v1.d.ts';
import { forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isPortName, isPortNumber } from '../../apimachinery/names.ts';
import { complaints, type Errors, notNegative, oneOfSet } from './rules.ts';

type Handler = {
  exec?: { command?: readonly string[] };
  httpGet?: {
    port: number | string;
    path?: string;
    scheme?: string;
    host?: string;
    httpHeaders?: readonly { name: string }[];
  };
  tcpSocket?: { port: number | string };
  grpc?: { port: number };
  sleep?: { seconds: number };
};

const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function httpErrors(get: NonNullable<Handler['httpGet']>, path: string): Errors {
  const errors: Errors = (get.path ?? '') === '' ? [required(`${path}.path`)] : [];
  errors.push(...portErrors(get.port, `${path}.port`), ...oneOfSet(get.scheme, ['HTTP', 'HTTPS'], `${path}.scheme`));
  for (const { name } of get.httpHeaders ?? [])
    if (!/^[-A-Za-z0-9]+$/.test(name)) errors.push(invalid(`${path}.httpHeaders`, name, HEADER));
  return errors;
}

function validateHandler(handler: Handler, gracePeriod: number, path: string): Errors {
  const errors: Errors = [];
  let count = 0;
  const next = (field: string, check: () => Errors): void => {
    if (count > 0) errors.push(forbiddenField(`${path}.${field}`, 'may not specify more than 1 handler type'));
    else {
      count += 1;
      errors.push(...check());
    }
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec !== undefined)
    next('exec', () => ((exec.command ?? []).length === 0 ? [required(`${path}.exec.command`)] : []));
  if (httpGet !== undefined) next('httpGet', () => httpErrors(httpGet, `${path}.httpGet`));
  if (tcpSocket !== undefined) next('tcpSocket', () => portErrors(tcpSocket.port, `${path}.tcpSocket.port`));
  if (grpc !== undefined) next('grpc', () => portErrors(grpc.port, `${path}.grpc.port`));
  if (sleep !== undefined) {
    next('sleep', () =>
      sleep.seconds < 0 || sleep.seconds > gracePeriod
        ? [
            invalid(
              `${path}.sleep`,
              sleep.seconds,
              `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`,
            ),
          ]
        : [],
    );
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

export function portErrors(port: number | string, path: string): Errors {
  return complaints(typeof port === 'number' ? isPortNumber(port) : isPortName(port), port, path);
}

export function validateLifecycle(lifecycle: Container['lifecycle'], gracePeriod: number, path: string): Errors {
  return (['postStart', 'preStop'] as const).flatMap((field) => {
    const handler = lifecycle?.[field];
    return handler === undefined ? [] : validateHandler(handler as Handler, gracePeriod, `${path}.${field}`);
  });
}

/** Liveness and startup probes succeed once; a readiness probe has no grace period. */
export function validateProbe(probe: Probe | undefined, path: string, once: boolean): Errors {
  if (probe === undefined) return [];
  // A probe has no handler that sleeps.
  const errors = validateHandler(probe as Handler, 0, path);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    errors.push(...notNegative(probe[field], `${path}.${field}`));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  if (!once) {
    if (grace !== undefined)
      errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
  } else if ((probe.successThreshold ?? 1) !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}
