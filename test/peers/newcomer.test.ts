/**
 * A newcomer's first hour, in a minute: a server, a kubeconfig, and from then on only kubectl, helm and a terminal UI that
 * lists and watches everything meanwhile. Nobody says an error: no client, no watch, and not the server's log.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterMirror, discover, mirrorCluster } from './support/cluster-mirror.ts';
import { connect, type KubeConnection } from './support/kube-connection.ts';
import { type PeerCluster, startPeerCluster } from './support/peer-cluster.ts';

const DEPRECATED = /^(Warning: v1 \w+ is deprecated in v1\.\d+\+.*)?$/;
const NOTHING_FOUND = /^(No resources found.*)?$/;

describe("a newcomer's hour", () => {
  let cluster: PeerCluster;
  let connection: KubeConnection;
  let mirror: ClusterMirror;
  const kubectl: PeerCluster['kubectl'] = (args, options) => cluster.kubectl(args, options);

  beforeAll(async () => {
    // Its pods start, and end, at five times the pace of an hour.
    cluster = await startPeerCluster(['--clock-rate', '5']);
    connection = connect(cluster.kubeconfig);
    mirror = await mirrorCluster(connection);
  });

  afterAll(async () => {
    mirror?.stop();
    connection?.close();
    await cluster?.close();
  });

  it('begins with a cluster that is made for the first kubeconfig', () => {
    expect(cluster.said).toMatch(/^cluster "dev" created: Kubernetes v1\.34\.\d+, 3 nodes\n$/);
    expect(kubectl('config current-context')).toBe('drydock-dev\n');
    expect(kubectl('cluster-info')).toContain('Kubernetes control plane');
    expect(kubectl('get nodes -o jsonpath={.items[*].status.nodeInfo.kubeletVersion}')).toMatch(/^(v1\.34\.\d+ ?){3}$/);
  });

  it('looks around', () => {
    expect(kubectl('api-resources').split('\n').length).toBeGreaterThan(60);
    expect(kubectl('api-versions')).toContain('apps/v1\n');
    expect(kubectl('get namespaces -o name')).toContain('namespace/kube-system\n');
    expect(kubectl('get all --all-namespaces')).toContain('service/kubernetes');
    expect(kubectl('auth can-i create deployments')).toBe('yes\n');
    expect(kubectl('auth whoami')).toContain('kubernetes-admin');
    expect(kubectl('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
    expect(kubectl('get --raw /readyz')).toBe('ok');
    for (const { name, group } of mirror.resources) {
      const full = group === '' ? name : `${name}.${group}`;
      kubectl(`get ${full} --all-namespaces --ignore-not-found`, { saying: DEPRECATED });
    }
  });

  it('deploys by hand', () => {
    kubectl('create namespace hand');
    kubectl('config set-context --current --namespace hand');
    expect(kubectl('create deployment web --image nginx:1.27 --replicas 2 --port 80')).toBe(
      'deployment.apps/web created\n',
    );
    expect(kubectl('rollout status deployment/web --timeout 60s')).toContain('successfully rolled out');
    expect(kubectl('expose deployment web')).toBe('service/web exposed\n');
    expect(kubectl('set image deployment/web nginx=nginx:1.28')).toBe('deployment.apps/web image updated\n');
    expect(kubectl('rollout status deployment/web --timeout 60s')).toContain('successfully rolled out');
    expect(kubectl('rollout history deployment/web')).toMatch(/^1 .*\n2 /m);
    expect(kubectl('rollout undo deployment/web')).toBe('deployment.apps/web rolled back\n');
    expect(kubectl('rollout status deployment/web --timeout 60s')).toContain('successfully rolled out');
    expect(kubectl('scale deployment/web --replicas 4')).toBe('deployment.apps/web scaled\n');
    kubectl('wait deployment/web --for condition=Available --timeout 60s');
    expect(kubectl('autoscale deployment web --min 2 --max 6 --cpu-percent 70')).toContain('autoscaled\n');
    expect(kubectl('get deployment,replicaset,pod,hpa,endpointslice -o wide')).toContain('nginx:1.27');
    expect(kubectl('describe deployment web')).toContain('ScalingReplicaSet');
    expect(kubectl('get events --sort-by .lastTimestamp')).toContain('Started container nginx');
    expect(kubectl('logs deployment/web --tail 1', { saying: /^(Found \d pods, using pod\/.*)?$/ })).not.toBe('');
    expect(kubectl('run once --image busybox --restart Never -- echo hello')).toBe('pod/once created\n');
    kubectl("wait pod/once --for jsonpath='{.status.phase}=Succeeded' --timeout 60s");
    kubectl('delete pod once');
  });

  it('follows the log of a pod until the pod goes', async () => {
    kubectl('run talker --image nginx');
    kubectl('wait pod/talker --for condition=Ready --timeout 60s');
    const follower = spawn('kubectl', ['logs', '-f', 'talker'], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder },
    });
    let said = '';
    let complained = '';
    const ended = once(follower, 'close');
    follower.stderr.on('data', (text: Buffer) => {
      complained += text;
    });
    await new Promise<void>((resolve, reject) => {
      follower.stdout.on('data', (text: Buffer) => {
        said += text;
        resolve();
      });
      follower.once('close', () => reject(new Error(`it ended at once: ${complained}`)));
    });
    kubectl('delete pod talker --now', { saying: NOTHING_FOUND });
    expect(await ended).toEqual([0, null]);
    expect(said).not.toBe('');
    expect(complained).toBe('');
  });

  it('applies, compares and edits files', () => {
    const settings = (color: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { color },
      });
    expect(kubectl('apply -f -', { input: settings('red') })).toBe('configmap/settings created\n');
    expect(kubectl('apply -f -', { input: settings('red') })).toBe('configmap/settings unchanged\n');
    const difference = cluster.run('kubectl', ['diff', '-f', '-'], { input: settings('blue') });
    expect(difference.stdout).toMatch(/^-\s+color: red\n\+\s+color: blue$/m);
    expect(difference).toMatchObject({ code: 1, stderr: '' });
    expect(kubectl('apply --server-side -f - --force-conflicts', { input: settings('blue') })).toBe(
      'configmap/settings serverside-applied\n',
    );
    expect(kubectl(`patch configmap settings -p '{"data":{"color":"green"}}'`)).toBe('configmap/settings patched\n');
    expect(kubectl('label configmap settings team=web')).toBe('configmap/settings labeled\n');
    expect(kubectl('get configmap settings -o go-template={{.data.color}}')).toBe('green');
  });

  it('learns from mistakes', () => {
    const fails = (args: string, text: string) => {
      const { code, stderr } = cluster.run('kubectl', args.split(' '));
      expect({ code, stderr }).toEqual({ code: 1, stderr: text });
    };
    fails('get pod none', 'Error from server (NotFound): pods "none" not found\n');
    fails('get nothings', 'error: the server doesn\'t have a resource type "nothings"\n');
    fails('create namespace hand', 'Error from server (AlreadyExists): namespaces "hand" already exists\n');
    fails(
      'create deployment Web --image x',
      "error: failed to create deployment: Deployment.apps \"Web\" is invalid: metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n",
    );
  });

  it('lets helm make a chart, install, test, upgrade, roll back and uninstall it', () => {
    const helm = (...args: string[]) => {
      const { code, stdout, stderr } = cluster.run('helm', args);
      expect({ code, stderr }, `helm ${args.join(' ')}: ${stdout}`).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    helm('create', 'first');
    const wait = ['--wait', '--timeout', '60s', '-n', 'charts'];
    expect(helm('install', 'site', 'first', '--create-namespace', ...wait)).toContain(
      'STATUS: deployed\nREVISION: 1\n',
    );
    expect(helm('test', 'site', '--logs', '-n', 'charts')).toMatch(
      /Phase: {10}Succeeded\n[\s\S]*POD LOGS: site-first-test-connection/,
    );
    expect(helm('upgrade', 'site', 'first', '--set', 'replicaCount=3,autoscaling.enabled=false', ...wait)).toContain(
      'has been upgraded. Happy Helming!',
    );
    expect(helm('rollback', 'site', '1', ...wait)).toBe('Rollback was a success! Happy Helming!\n');
    expect(helm('list', '-A', '-o', 'json')).toContain('"status":"deployed"');
    expect(helm('history', 'site', '-n', 'charts')).toMatch(/^3\s.*deployed\s.*Rollback to 1/m);
    expect(helm('uninstall', 'site', ...wait)).toBe('release "site" uninstalled\n');
  });

  it('is asked for everything that a terminal UI needs to know of rights', async () => {
    for (const { group, name: resource } of mirror.resources) {
      for (const verb of ['list', 'watch', 'delete']) {
        const { status, body } = await connection.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { group, resource, verb, namespace: 'hand' } },
        });
        expect({ status, allowed: (body.status as { allowed: boolean }).allowed }).toEqual({
          status: 201,
          allowed: true,
        });
      }
    }
  });

  it('tidies up', () => {
    kubectl('delete namespace hand charts --timeout 60s');
    expect(kubectl('get namespaces -o name')).not.toMatch(/hand|charts/);
    expect(kubectl('get pods -A', { saying: NOTHING_FOUND })).toBe('');
  });

  it('has shown all watchers, all the time, what there is', async () => {
    expect(await discover(connection)).toEqual(mirror.resources);
    expect(mirror.figures.watches).toBeGreaterThan(200);
    expect(mirror.figures.events).toBeGreaterThan(1000);
    expect(await mirror.faults()).toEqual([]);
  });

  it('has left nothing in the log of the server', () => {
    expect(cluster.log()).toMatch(/^drydock serves \S+ at http:\/\/127\.0\.0\.1:\d+\n$/);
  });
});
