/**
 * Two hundred commands of the real kubectl, each with what it prints on a real cluster: get in all forms, describe, apply,
 * patch, replace, rollout, scale, expose, label, set, create of each kind, auth, explain, custom resources, drain, delete.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';
import { maskOutput, readAnswers } from './support/kubectl-answers.ts';

/** The folder of the recorded answers, and of the files that the commands name. */
const FOLDER = join(import.meta.dirname, 'kubectl');
/** The cluster's seconds for each of ours: rollouts take a while. */
const RATE = '5';

describe('kubectl on a simulated cluster and on a real one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    // As many nodes as the real one had.
    const flags = ['--nodes', '20', '--clock-rate', RATE, '--server', server.url];
    const created = await runDrydock(['cluster', 'create', 'dev', ...flags]);
    expect(created.code, created.stderr).toBe(0);
    const { stdout } = await runDrydock(['cluster', 'kubeconfig', 'dev', '--server', server.url]);
    writeFileSync(kubeconfig, stdout);
    run('kubectl config set-context --current --namespace=kc');
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('prints the same', { timeout: 300_000 }, () => {
    const different: string[] = [];
    for (const { command, answer } of readAnswers(join(FOLDER, 'answers.txt'))) {
      const given = run(command);
      if (answer === undefined) continue;
      const text = maskOutput(given.text);
      if (given.exitCode !== answer.exitCode || text !== answer.text)
        different.push(
          `$ ${command}\nexit ${given.exitCode} for ${answer.exitCode}\n${text}\n--- for:\n${answer.text}`,
        );
    }
    expect(different.join('\n\n')).toBe('');
  });

  function run(command: string): { readonly exitCode: number | null; readonly text: string } {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: FOLDER,
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
    });
    return { exitCode: status, text: stdout + stderr };
  }
});
