/**
 * A release's whole life by the real helm, 4 and 3, on a simulated cluster: what each command prints, with hooks, tests, a
 * custom resource, upgrades that fail and are rolled back, adoption, and what is left behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeChart } from './support/helm-chart.ts';
import { type PeerCluster, type PeerResult, splitWords, startPeerCluster } from './support/peer-cluster.ts';

const HELMS = [
  { program: 'helm', version: 4, rollback: '--rollback-on-failure' },
  { program: 'helm3', version: 3, rollback: '--atomic' },
] as const;

describe.each(HELMS)('$program $version and its releases', ({ program, version, rollback }) => {
  const charts = mkdtempSync(join(tmpdir(), 'drydock-helm-releases-'));
  const chart = writeChart(charts);
  const namespace = 'releases';
  let cluster: PeerCluster;

  beforeAll(async () => {
    // Timeouts of helm are in seconds of this machine: 3 of them are a minute of the cluster.
    cluster = await startPeerCluster(['--clock-rate', '20']);
  });

  afterAll(async () => {
    await cluster?.close();
    rmSync(charts, { recursive: true });
  });

  function run(line: string): PeerResult {
    const words = splitWords(line.replace('CHART', chart));
    return cluster.run(program, [...words, '-n', namespace]);
  }

  /** Its output; it must succeed. */
  function helm(line: string): string {
    const { code, stdout, stderr } = run(line);
    expect(code, `${program} ${line}: ${stderr}`).toBe(0);
    return stdout;
  }

  /** What it says on standard error; it must fail. */
  function fails(line: string): string {
    const { code, stdout, stderr } = run(line);
    expect(code, `${program} ${line}: ${stdout}`).toBe(1);
    return stderr;
  }

  function revisions(release: string): readonly string[] {
    const history = JSON.parse(helm(`history ${release} -o json`)) as {
      revision: number;
      status: string;
      description: string;
    }[];
    return history.map((entry) => `${entry.revision} ${entry.status}: ${entry.description.split('\n')[0]}`);
  }

  const kubectl = (line: string) => cluster.kubectl(`-n ${namespace} ${line}`, { saying: /^(No resources found.*)?$/ });

  it('installs with hooks and a definition, and waits', () => {
    expect(fails('status shop')).toBe('Error: release: not found\n');
    const installed = helm('install shop CHART --create-namespace --wait --timeout 60s');
    expect(installed).toMatch(/^NAME: shop\nLAST DEPLOYED: .*\nNAMESPACE: releases\nSTATUS: deployed\nREVISION: 1\n/);
    expect(installed).toMatch(/NOTES:\nshop 1 install red kube-system\n$/);
    expect(kubectl('get deployment shop -o jsonpath={.status.readyReplicas}')).toBe('1');
    expect(kubectl('get widget shop -o jsonpath={.spec.size}')).toBe('1');
    expect(kubectl('get job shop-migrate -o jsonpath={.status.succeeded}')).toBe('1');
    expect(kubectl('get configmap shop-before --ignore-not-found')).toBe('');
    expect(fails('install shop CHART')).toBe(
      version === 4
        ? 'level=ERROR msg="release name check failed" error="cannot reuse a name that is still in use"\nError: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use\n'
        : 'Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n',
    );
  });

  it('tells what it has', () => {
    expect(helm('list')).toMatch(/\nshop\s+releases\s+1\s+\S+ \S+ \S+ \S+\s+deployed\s+every-1\.0\.0\s+7\s*\n$/);
    expect(JSON.parse(helm('list -o json'))).toMatchObject([
      { name: 'shop', namespace, revision: '1', status: 'deployed', chart: 'every-1.0.0', app_version: '7' },
    ]);
    expect(helm('get manifest shop')).toContain(
      '# Source: every/templates/objects.yaml\napiVersion: v1\nkind: ConfigMap\n',
    );
    expect(helm('get hooks shop')).toContain('name: shop-migrate\n');
    expect(helm('get notes shop')).toBe('NOTES:\nshop 1 install red kube-system\n\n');
    expect(helm('get values shop')).toBe('USER-SUPPLIED VALUES:\nnull\n');
    expect(helm('get values shop -a')).toContain('COMPUTED VALUES:\ncolor: red\n');
    expect(helm('get all shop')).toContain('MANIFEST:\n');
    expect(helm(version === 4 ? 'status shop' : 'status shop --show-resources')).toMatch(
      /==> v1\/Pod\(related\)\nNAME.*\nshop-\S+\s+1\/1\s+Running\s+0\s/,
    );
    expect(kubectl('get secret -l owner=helm -o name')).toBe('secret/sh.helm.release.v1.shop.v1\n');
  });

  it('runs tests, and shows their logs', () => {
    const tested = helm('test shop --logs');
    expect(tested).toMatch(/TEST SUITE: {5}shop-test\nLast Started: .*\nLast Completed: .*\nPhase: {10}Succeeded\n/);
    expect(tested).toMatch(/POD LOGS: shop-test( \(test\))?\nstarting busybox\n/);
  });

  it('upgrades and rolls back', () => {
    expect(helm('upgrade shop CHART --set replicas=2,color=blue --wait --timeout 60s')).toMatch(
      /^Release "shop" has been upgraded\. Happy Helming!\n[\s\S]*REVISION: 2\n[\s\S]*shop 2 upgrade blue kube-system\n$/,
    );
    expect(kubectl('get pods -l app=shop --field-selector status.phase=Running -o name').split('\n')).toHaveLength(3);
    expect(helm('upgrade shop CHART --reuse-values --set color=green --dry-run=server')).toContain(
      'STATUS: pending-upgrade\nREVISION: 3\n',
    );
    expect(helm('rollback shop 1 --wait --timeout 60s')).toBe('Rollback was a success! Happy Helming!\n');
    expect(kubectl('get deployment shop -o jsonpath={.status.readyReplicas}/{.spec.replicas}')).toBe('1/1');
    expect(revisions('shop')).toEqual([
      '1 superseded: Install complete',
      '2 superseded: Upgrade complete',
      '3 deployed: Rollback to 1',
    ]);
  });

  it('gives up on an upgrade whose image is missing, and rolls back where it is told to', () => {
    const missing = '--set image=UPPER:1 --wait --timeout 3s';
    expect(fails(`upgrade shop CHART ${missing}`)).toMatch(/UPGRADE FAILED: [\s\S]*context deadline exceeded/);
    expect(kubectl('get pods -l app=shop')).toContain('InvalidImageName');
    expect(helm('list --failed -q')).toBe('shop\n');
    const rolledBack = fails(`upgrade shop CHART ${missing} ${rollback}`);
    expect(rolledBack).toMatch(/UPGRADE FAILED: release shop failed, and has been rolled back due to /);
    const [, , deployed, failed, again, back] = revisions('shop');
    expect(deployed).toBe('3 superseded: Rollback to 1');
    expect(failed).toMatch(/^4 failed: Upgrade "shop" failed: /);
    expect(again).toMatch(/^5 failed: Upgrade "shop" failed: /);
    expect(back).toBe('6 deployed: Rollback to 3');
    expect(kubectl('get deployment shop -o jsonpath={.status.readyReplicas}')).toBe('1');
  });

  it('stops where a hook fails, and where a test does', () => {
    expect(fails('upgrade shop CHART --set-string migration=false --timeout 30s')).toMatch(
      /UPGRADE FAILED: pre-upgrade hooks failed: [\s\S]*(Job Failed\. failed: 1\/1|BackoffLimitExceeded)/,
    );
    helm('upgrade shop CHART --set-string testing=false --wait --timeout 60s');
    const { code, stdout, stderr } = run('test shop');
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/Phase: {10}Failed\n/) });
    expect(stderr).toMatch(/pod shop-test failed|shop-test.*[Ff]ailed/);
  });

  it('is told by the API what is wrong with objects', () => {
    const refused = fails('upgrade shop CHART --set replicas=0');
    expect(refused).toContain('Widget.every.example.com "shop" is invalid: spec.size: Invalid value: 0');
    const wrongType = fails('upgrade shop CHART --set color=7');
    expect(wrongType).toContain(
      version === 4
        ? 'failed to create typed patch object (releases/shop-kept; /v1, Kind=ConfigMap): .data.color: expected string, got &value.valueUnstructured{Value:7}'
        : 'cannot unmarshal number into Go struct field ConfigMap.data of type string',
    );
    helm('upgrade shop CHART --set color=seven --cleanup-on-fail --wait --timeout 60s');
  });

  it('puts right what was changed by hand, and adopts what it is told to', () => {
    kubectl('delete deployment shop');
    helm('upgrade shop CHART --set color=eight --wait --timeout 60s');
    kubectl('label deployment shop by=hand');
    expect(kubectl('create configmap taken-kept --from-literal a=b')).toBe('configmap/taken-kept created\n');
    expect(fails('install taken CHART --set widget=false')).toContain(
      'ConfigMap "taken-kept" in namespace "releases" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"',
    );
    helm('install taken CHART --set widget=false --take-ownership --wait --timeout 60s');
    expect(kubectl('get configmap taken-kept -o jsonpath={.metadata.annotations}')).toContain('"taken"');
    expect(helm('upgrade --install other CHART --set widget=false')).toMatch(
      /^Release "other" does not exist\. Installing it now\.\nNAME: other\n/,
    );
    expect(helm('list -q')).toBe('other\nshop\ntaken\n');
  });

  it.skipIf(version === 3)(
    'applies on the server or the client, as it is told (--server-side is new in Helm 4)',
    () => {
      const managers = () =>
        new Set(kubectl('get deployment taken -o jsonpath={.metadata.managedFields[*].operation}').split(' '));
      expect(managers()).toEqual(new Set(['Apply', 'Update']));
      helm('upgrade taken CHART --set widget=false,color=client --server-side=false --wait --timeout 60s');
      helm('upgrade taken CHART --set widget=false,color=auto --server-side=auto --wait --timeout 60s');
      kubectl('scale deployment taken --replicas 3');
      const conflict =
        'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas';
      expect(fails('upgrade taken CHART --set widget=false,color=x --server-side=true')).toContain(conflict);
      helm('upgrade taken CHART --set widget=false,color=x --server-side=true --force-conflicts --wait --timeout 60s');
      expect(kubectl('get deployment taken -o jsonpath={.spec.replicas}')).toBe('1');
      helm('upgrade taken CHART --set widget=false,color=z --server-side=false --force-replace --wait --timeout 60s');
      expect(kubectl('get configmap taken-kept -o jsonpath={.data.color}')).toBe('z');
    },
  );

  it('uninstalls, and leaves what it is to leave', () => {
    expect(helm('uninstall shop --keep-history --wait --timeout 60s')).toBe(
      'These resources were kept due to the resource policy:\n[ConfigMap] shop-kept\n\nrelease "shop" uninstalled\n',
    );
    expect(helm('list --uninstalled -q')).toBe('shop\n');
    expect(helm('rollback shop --wait --timeout 60s')).toBe('Rollback was a success! Happy Helming!\n');
    expect(helm('uninstall shop --cascade foreground --wait --timeout 60s')).toContain('release "shop" uninstalled\n');
    expect(helm('uninstall taken other --wait --timeout 60s')).toContain('release "other" uninstalled\n');
    expect(fails('uninstall shop')).toBe('Error: uninstall: Release not loaded: shop: release: not found\n');
    expect(helm('list -q')).toBe('');
    expect(kubectl('get deployments,services,widgets,secrets -o name')).toBe('');
    expect(kubectl('get configmaps -o name').split('\n')).toEqual(
      expect.arrayContaining(['configmap/other-kept', 'configmap/shop-kept', 'configmap/taken-kept']),
    );
    expect(cluster.kubectl('get crd widgets.every.example.com -o name')).toContain('widgets.every.example.com');
    expect(cluster.log()).toMatch(/^drydock serves .*\n$/);
  });
});
