import { cpus, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeedEvidence, Violation } from './evidence.ts';
import { INVARIANTS } from './invariants/index.ts';
import { collect } from './play/collect.ts';
import { failedTasks } from './play/failed-tasks.ts';
import { openPeople } from './play/people.ts';
import { playStory, type Played, type Stage } from './play/play-story.ts';
import { playTrouble, troubleOf } from './play/process-trouble.ts';
import { replaySome } from './play/replay.ts';
import { startRouters } from './play/routers.ts';
import { patiently } from './play/patiently.ts';
import { heal, settle } from './play/settle.ts';
import { judgeStack } from './play/stack-care.ts';
import { sayViolations } from './report.ts';
import { startChaosStack } from './stack/chaos-stack.ts';
import { TROUBLE_MS, writeStory } from './story/write-story.ts';

export interface ChaosOptions {
  seeds: readonly number[];
  /** Seeds played at the same time on one stack, each with devices of its own. Default 12. */
  atOnce?: number;
  /** No round is begun after this time, milliseconds. Default: all seeds are played. */
  timeoutMs?: number;
  say: (line: string) => void;
}

export interface ChaosResult {
  played: number[];
  violations: (Violation & { seed: number })[];
  /** What happened in all seeds together. */
  counts: Counts;
}

type Counts = Record<string, number>;

/** Longest that plans may take to settle when nothing is wrong any more, at tempo 1. */
const SETTLED_WITHIN_MS = 240_000;

/** Plays the seeds, some at once, and judges each by what its routers' journals say. */
export async function runChaos({ seeds, atOnce = 12, timeoutMs = Infinity, say }: ChaosOptions): Promise<ChaosResult> {
  const startedAtMs = Date.now();
  const result: ChaosResult = { played: [], violations: [], counts: {} };
  const stack = await startChaosStack(say);
  try {
    const people = await openPeople(stack);
    try {
      for (let first = 0; first < seeds.length && Date.now() - startedAtMs < timeoutMs; first += atOnce) {
        await playRound({ stack, people }, seeds.slice(first, first + atOnce), result, say);
      }
      for (const violation of await failedTasks(stack.logsDir)) {
        say(`${violation.invariant}: ${violation.message}`);
        result.violations.push({ ...violation, seed: seeds[0] ?? 0 });
      }
    } finally {
      await people.close();
    }
  } finally {
    await stack.stop();
  }
  return result;
}

async function playRound(
  stage: Stage,
  seeds: readonly number[],
  result: ChaosResult,
  say: (line: string) => void,
): Promise<void> {
  const startedAtMs = Date.now();
  const rounds = await Promise.all(seeds.map((seed) => open(stage, seed)));
  const readyAtMs = Date.now();
  const tempo = tempoNow();
  const trouble = troubleOf(rounds.map(({ story }) => story));
  const told: string[] = [];
  const acts = Promise.all(rounds.map((played) => playStory(stage, played, tempo)));
  await Promise.all([playTrouble(stage.stack, trouble, told, tempo), delay(TROUBLE_MS * tempo)]);
  await heal(rounds.flatMap(({ routers }) => routers));
  await stage.stack.restored();
  await acts;
  // Faults that were put after the healing, by acts that came late.
  await heal(rounds.flatMap(({ routers }) => routers));
  await patiently(() => stage.people.temporal.workflow.count());
  const healedAtMs = Date.now();
  await Promise.all(rounds.map((played) => settle(stage, played, SETTLED_WITHIN_MS * tempo)));
  const settledAtMs = Date.now();
  const ofStack = [...(await judgeStack(stage)), ...(await replaySome(stage, rounds))];
  const found: Violation[] = [];
  let writing = 0;
  for (const played of rounds) {
    const evidence = await collect(stage, played);
    const violations = INVARIANTS.flatMap((invariant) => invariant(evidence));
    count(result.counts, evidence, played);
    if (evidence.devices.some(({ journal }) => journal.some(({ transport }) => transport !== 'winbox'))) writing++;
    if (violations.length > 0) say(await sayViolations(stage, played, evidence, violations, told));
    result.violations.push(...violations.map((violation) => ({ ...violation, seed: evidence.seed })));
    found.push(...violations);
  }
  for (const { invariant, message } of ofStack) say(`seeds ${seeds.join(', ')}: ${invariant}: ${message}`);
  result.violations.push(...ofStack.map((violation) => ({ ...violation, seed: seeds[0] ?? 0 })));
  result.played.push(...seeds);
  await Promise.all(rounds.flatMap(({ routers }) => routers.map((router) => router.stop())));
  const seconds = (fromMs: number, toMs: number): string => ((toMs - fromMs) / 1000).toFixed(0);
  say(
    `seeds ${seeds[0]} to ${seeds.at(-1)}: ${found.length + ofStack.length} violations, ${writing} of ${seeds.length} wrote; ` +
      `tempo ${tempo.toFixed(1)}, ${seconds(startedAtMs, readyAtMs)} s to set up, ${seconds(readyAtMs, healedAtMs)} s of trouble ` +
      `(${told.length} process faults), ${seconds(healedAtMs, settledAtMs)} s to settle, ${seconds(settledAtMs, Date.now())} s to judge`,
  );
}

/**
 * How much slower everything happens than the stories say, 1 to 4. On a machine that has other work to do plans take longer,
 * and faults that come at their usual times would meet none.
 */
function tempoNow(): number {
  const [load = 0] = loadavg();
  return Math.min(4, Math.max(1, load / cpus().length / 2));
}

async function open({ stack }: Stage, seed: number): Promise<Played> {
  const story = writeStory(seed);
  const routers = await startRouters(stack, story.devices);
  return {
    story,
    routers,
    plans: story.plans.map((plan) => ({ story: plan, planId: null, votes: [] })),
    controls: [],
    told: [],
  };
}

/** What the seeds came to, so that a run in which nothing happens is seen for what it is. */
function count(counts: Counts, { devices, plans }: SeedEvidence, { controls }: Played): void {
  const add = (what: string, number = 1): void => void (counts[what] = (counts[what] ?? 0) + number);
  for (const { control, status } of controls) if (status < 300) add(`control ${control}`);
  for (const { status, statusReason, devices: rows } of plans) {
    add(`plan ${status}`);
    // Without the names and numbers of this one.
    if (status === 'failed') add(`plan failed: ${statusReason?.replaceAll(/[\d]+|\(.*/g, '#').slice(0, 70) ?? ''}`);
    for (const row of rows) add(`device ${row.status}`);
  }
  for (const { journal } of devices) {
    for (const { transport, path } of journal) if (path !== '/system/scheduler') add(`write over ${transport}`);
  }
}
