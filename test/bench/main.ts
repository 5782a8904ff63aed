import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { homePath } from '../../cli/stack/home.ts';
import { measureClient } from './client.ts';
import { machine, table, type Figure } from './figures.ts';
import { measureFailOver } from './fail-over.ts';
import { measureFleetRead } from './fleet-read.ts';
import { measureFrontEnd, measureMemory } from './front-end.ts';
import { measureHealthSweep } from './health-sweep.ts';
import { measureHalfDead } from './half-dead.ts';
import { measureFallback, measureLanes } from './lanes.ts';
import { measureMetricsQuery } from './metrics-query.ts';
import { measureRollbacks } from './rollbacks.ts';
import { measureLargeRollout, measureLargestRollout, measurePlanning } from './rollout.ts';
import { measureSimulator } from './simulator.ts';
import { measureSnapshots } from './snapshots.ts';
import { measureTraceOverhead } from './trace-overhead.ts';

type Say = (line: string) => void;

/** Everything that is measured, in this order, by the name it can be asked for alone: `node test/bench/main.ts fleet-read`. */
const BENCHES: Readonly<Record<string, (say: Say) => Promise<Figure[]>>> = {
  lanes: measureLanes,
  fallback: measureFallback,
  'front-end': measureFrontEnd,
  'trace-overhead': measureTraceOverhead,
  'fleet-read': measureFleetRead,
  'half-dead': measureHalfDead,
  memory: measureMemory,
  planning: measurePlanning,
  'rollout-200': measureLargeRollout,
  'rollout-1000': measureLargestRollout,
  'health-sweep': measureHealthSweep,
  'fail-over': measureFailOver,
  rollbacks: measureRollbacks,
  'snapshots-200': measureSnapshots,
  'metrics-query': measureMetricsQuery,
  client: measureClient,
  simulator: measureSimulator,
};

const say: Say = (line) => console.log(line);
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}

const figures: Figure[] = [];
const loads: number[] = [];
for (const [name, measure] of Object.entries(BENCHES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  say(`\n${name}`);
  // What else the machine does is in every figure.
  loads.push(loadavg()[0] ?? 0);
  figures.push(...(await measure(say)));
}

const load = `load before each: ${loads.map((value) => value.toFixed(1)).join(', ')}`;
const report = { measuredAt: new Date().toISOString(), machine: machine(), loads, figures };
const file = path.join(homePath(process.env), 'bench.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
say(`\n${report.machine}, ${load}\n\n${table(figures)}\n\nas JSON: ${file}`);
if (figures.some(({ value, target }) => target !== null && value > target)) process.exitCode = 1;
