/**
 * A cluster for Kubernetes' own end-to-end tests, as a user has one: the real program serves it over HTTPS and writes
 * its kubeconfig. Its clock follows the wall clock at a rate: the tests wait in wall time, and some compare the times of
 * objects with their own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDrydock, startServer } from '../support/drydock.ts';

/** Images that the tests take for such as nobody has. */
const MISSING_IMAGES = ['webserver:404', 'invalid.registry.k8s.io/*'];

export interface E2eCluster {
  readonly kubeconfig: string;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

export async function startE2eCluster(clockRate: number): Promise<E2eCluster> {
  const data = await mkdtemp(join(tmpdir(), 'drydock-e2e-'));
  const server = await startServer(data);
  const kubeconfig = join(data, 'e2e.kubeconfig');
  const run = async (...args: readonly string[]) => {
    const { code, stderr } = await runDrydock([...args, '--server', server.url]);
    if (code !== 0) throw new Error(`drydock ${args.join(' ')}: ${stderr}`);
  };
  const stop = async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  };
  try {
    const missing = MISSING_IMAGES.flatMap((pattern) => ['--missing-image', pattern]);
    await run('cluster', 'create', 'e2e', '--nodes', '3', '--clock-rate', String(clockRate), ...missing);
    await run('cluster', 'kubeconfig', 'e2e', '--output', kubeconfig);
    return { kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
