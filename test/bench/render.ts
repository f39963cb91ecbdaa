/**
 * How long rendering takes beside Helm in the same run, warm and as whole processes, and the memory of many renders. A
 * program of its own: `npm run bench:render -- [--seconds S] [--runs N] [--renders N] CHART...`; without charts, 50
 * of the recorded cases, spread over the sizes, or the bookshop where those are not there.
 */
import { readArguments } from './arguments.ts';
import { benchMemory } from './memory.ts';
import { benchWarm } from './warm.ts';
import { benchWholeProcess } from './whole-process.ts';

const args = readArguments(process.argv.slice(2));
benchWarm(args);
benchWholeProcess(args);
benchMemory(args);
