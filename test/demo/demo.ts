/**
 * `npm run demo`: the main job, end to end, on the bookshop. Every step is the real program against a real server; what
 * it should have brought about is then read through the clusters' Kubernetes API, and a step that does not hold ends
 * the demo with exit code 1.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReleaseDetail } from '@drydock/tiller/api';
import { type RunningServer, type RunResult, runDrydock, startServer } from '../support/drydock.ts';
import { listPods, unreadyPods } from '../support/kubernetes.ts';
import { REPOSITORY } from '../support/repository.ts';
import { request } from '../support/server.ts';
import { countJobs, type Deployment, type HasStatus } from './observe.ts';

const BOOKSHOP = join(REPOSITORY, 'charts', 'examples', 'bookshop');
const NIGHTS = 30;

const folder = await mkdtemp(join(tmpdir(), 'drydock-demo-'));
let server: RunningServer | undefined;
try {
  server = await startServer(join(folder, 'data'));
  await tell(server);
  process.stdout.write('\nThe demo holds.\n');
} catch (error) {
  process.stderr.write(`\nThe demo does not hold: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function tell({ url }: RunningServer): Promise<void> {
  const drydock = (...args: string[]) => show(args, url);
  const cluster = (name: string) => `${url}/clusters/${name}`;
  process.stdout.write(`A server runs at ${url}: the page there shows what happens.\n`);

  chapter('Two clusters. Neither can pull the web image 9.9.9.');
  for (const name of ['dev', 'prod']) {
    await succeeds(drydock('cluster', 'create', name, '--missing-image', '*/bookshop/web:9.9.9'));
  }

  chapter('The chart goes to the registry, by HTTP.');
  await succeeds(drydock('push', BOOKSHOP, 'examples'));

  chapter('An install in dev: the rollout, in the time of the cluster.');
  const place = ['-n', 'shop', '--wait'];
  const dev = ['--cluster', 'dev', ...place];
  await succeeds(
    drydock('install', 'shop', 'examples/bookshop', ...dev, '--create-namespace', '-f', `${BOOKSHOP}/values/dev.yaml`),
  );
  await isReady(cluster('dev'));

  chapter('An upgrade to an image that is not there: the wait fails, and all goes back.');
  const bad = await drydock(
    'upgrade',
    'shop',
    'examples/bookshop',
    ...dev,
    '--reuse-values',
    ...tag('web', '9.9.9'),
    '--atomic',
  );
  check(bad.code !== 0, 'an upgrade to a missing image must fail');
  check(/9\.9\.9|ImagePull/.test(bad.stderr), 'its error must name the cause');
  check((await image(cluster('dev'), 'web')).endsWith(':2.4.0'), 'the web client must run the old image again');
  await isReady(cluster('dev'));

  chapter('A good upgrade: the migration runs before it, and only what changed is written.');
  await succeeds(drydock('upgrade', 'shop', 'examples/bookshop', ...dev, '--reuse-values', ...tag('api', '2.5.0')));
  check((await image(cluster('dev'), 'api')).endsWith(':2.5.0'), 'the API must run 2.5.0');

  chapter('A rollback.');
  await succeeds(drydock('rollback', 'shop', ...dev));
  check((await image(cluster('dev'), 'api')).endsWith(':2.4.0'), 'the API must run 2.4.0 again');
  await succeeds(drydock('history', 'shop', '--cluster', 'dev', '-n', 'shop'));

  chapter('Promotion to prod, with its own values laid over: the difference first.');
  await succeeds(
    drydock(
      'promote',
      'shop',
      '--from',
      'dev',
      '--to',
      'prod',
      ...place,
      '-f',
      `${BOOKSHOP}/values/prod.yaml`,
      '--yes',
    ),
  );
  await isReady(cluster('prod'));
  check(
    (await listPods(cluster('prod'), 'shop')).length > (await listPods(cluster('dev'), 'shop')).length,
    'prod is larger',
  );

  chapter('A month of backups.');
  const backups = await countJobs(cluster('prod'), 'shop', () =>
    succeeds(drydock('clock', 'advance', 'prod', `${NIGHTS}d`)),
  );
  process.stdout.write(`${backups.started} backups were started, ${backups.completed} completed.\n`);
  check(backups.started === NIGHTS && backups.completed === NIGHTS, `${NIGHTS} nights must bring ${NIGHTS} backups`);

  chapter('How both stand at the end.');
  for (const name of ['dev', 'prod']) {
    await succeeds(drydock('status', 'shop', '--cluster', name, '-n', 'shop'));
    const release = await request<ReleaseDetail>(`${url}/api/v1/releases/${name}/shop/shop`);
    check(release.status === 'deployed', `the release in ${name} must be deployed, not ${release.status}`);
    await isReady(cluster(name));
  }
}

function chapter(title: string): void {
  process.stdout.write(`\n── ${title}\n`);
}

/** Runs a command as a person would, in sight. */
async function show(args: readonly string[], url: string): Promise<RunResult> {
  process.stdout.write(`$ drydock ${args.map((arg) => arg.replace(BOOKSHOP, 'bookshop')).join(' ')}\n`);
  return runDrydock(args, { env: { DRYDOCK_SERVER: url }, onOutput: (text) => process.stdout.write(text) });
}

async function succeeds(run: Promise<RunResult>): Promise<void> {
  const { code, stderr } = await run;
  check(code === 0, `the command ended with ${code}: ${stderr.trim()}`);
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function tag(part: string, version: string): readonly string[] {
  return ['--set', `${part}.image.tag=${version}`];
}

async function isReady(api: string): Promise<void> {
  const pods = await listPods(api, 'shop');
  const unready = unreadyPods(pods);
  check(pods.length > 0 && unready.length === 0, `all pods must be Ready, these are not: ${unready.join(', ')}`);
}

/** What a part of the shop runs, once all of it runs that. */
async function image(api: string, part: string): Promise<string> {
  const deployment = await request<Deployment>(`${api}/apis/apps/v1/namespaces/shop/deployments/shop-${part}`);
  check(isRolledOut(deployment), `${part} must be rolled out`);
  return deployment.spec.template.spec.containers[0]?.image ?? '';
}

function isRolledOut({ status, spec }: Deployment & HasStatus): boolean {
  return status.updatedReplicas === spec.replicas && status.availableReplicas === spec.replicas;
}
