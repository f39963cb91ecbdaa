/**
 * Whole processes, from the start to the exit: `drydock template` and `helm template` in turn. Helm is found on the
 * PATH, or by HELM.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../support/repository.ts';
import { type BenchArguments, geometricMean, median, row } from './arguments.ts';

const DRYDOCK = join(REPOSITORY, 'node_modules/.bin/drydock');

interface Cost {
  /** Milliseconds. */
  readonly wall: number;
  /** User and system milliseconds. */
  readonly cpu: number;
}

/** Prints a line for each chart, and the geometric means. */
export function benchWholeProcess({ charts, runs }: BenchArguments): void {
  const helm = process.env.HELM ?? 'helm';
  if (spawnSync(helm, ['version'], { stdio: 'ignore' }).error !== undefined) {
    console.error('no helm to compare with: put it on the PATH, or name it in HELM');
    return;
  }
  console.log(row(['whole process: ms (median)', 'helm', 'drydock', 'wall ratio', 'CPU ratio']));
  const ratios: Cost[] = [];
  for (const chart of charts) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i < runs; i++) {
      theirs.push(wallTime(helm, chart));
      ours.push(wallTime(DRYDOCK, chart));
    }
    const wall = median(ours) / median(theirs);
    const cpu = cpuTime(DRYDOCK, chart, runs) / cpuTime(helm, chart, runs);
    ratios.push({ wall, cpu });
    const cells = [median(theirs).toFixed(1), median(ours).toFixed(1), wall.toFixed(2), cpu.toFixed(2)];
    console.log(row([basename(chart), ...cells]));
  }
  const walls = geometricMean(ratios.map(({ wall }) => wall)).toFixed(2);
  console.log(row(['geometric mean', '', '', walls, geometricMean(ratios.map(({ cpu }) => cpu)).toFixed(2)]));
}

function wallTime(program: string, chart: string): number {
  const start = performance.now();
  // A chart that fails to render costs its time, too.
  spawnSync(program, ['template', 'bench', chart], { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024 });
  return performance.now() - start;
}

/** As the shell counts it for the programs that it has started. */
function cpuTime(program: string, chart: string, runs: number): number {
  const script = 'for run in $3; do "$1" template bench "$2" >/dev/null 2>&1; done; times';
  const numbers = Array.from({ length: runs }, (_, i) => i).join(' ');
  const times = execFileSync('sh', ['-c', script, 'sh', program, chart, numbers], { encoding: 'utf8' });
  const [user = 0, system = 0] = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return ((user + system) * 1000) / runs;
}
