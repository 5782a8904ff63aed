import { setTimeout as delay } from 'node:timers/promises';
import { SETTLED_PLAN_STATUSES, type PlanStatus } from '../../../shared/domain/plan.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import { TROUBLE_MS } from '../story/write-story.ts';
import type { Act, Control, PlanStory, Story } from '../story/story.ts';
import type { Person, People } from './people.ts';
import { patiently } from './patiently.ts';
import { change, type ChaosRouter } from './routers.ts';

/** A story as it was played so far. */
export interface Played {
  story: Story;
  routers: readonly ChaosRouter[];
  plans: PlayedPlan[];
  controls: PlayedControl[];
  /** What was done and what came of it, in words, for whoever looks for the cause of a violation. */
  told: string[];
}

/** What somebody asked of a plan, and what was answered when. */
export interface PlayedControl {
  planId: string;
  control: Control;
  deviceIds: readonly string[];
  status: number;
  at: string;
}

export interface PlayedPlan {
  story: PlanStory;
  /** Null until one is known to have been made. */
  planId: string | null;
  /** Its proposal was refused, or never answered: there will be none. */
  isGivenUp?: boolean;
  votes: { by: Person; at: string }[];
}

export interface Stage {
  stack: ChaosStack;
  people: People;
}

const SETTLED: ReadonlySet<PlanStatus> = new Set(SETTLED_PLAN_STATUSES);

/** How long somebody goes on trying what was not answered, milliseconds at tempo 1. */
const TRIES_FOR_MS = 20_000;
/** Whoever decides waits so many times as long. */
const DECISION_WAITS = 3;

/** Plays all acts at their times, counted from now and stretched by the tempo. Resolves when the last one is done, which may be after the trouble. */
export async function playStory(stage: Stage, played: Played, tempo: number): Promise<void> {
  const startedAtMs = Date.now();
  const rollout = rolloutBegun(stage, played, startedAtMs + ROLLOUT_WITHIN_MS * tempo);
  await Promise.all(
    played.story.acts.map(async (act) => {
      if (act.duringRollout && !(await rollout)) {
        played.told.push(`no rollout  ${JSON.stringify(act)}  left out`);
        return;
      }
      await delay(act.atMs * tempo);
      const outcome = await perform({ ...stage, triesForMs: TRIES_FOR_MS * tempo }, played, act).catch(
        (error: unknown) => `failed: ${String(error)}`,
      );
      played.told.push(`${((Date.now() - startedAtMs) / 1000).toFixed(1)} s  ${JSON.stringify(act)}  ${outcome}`);
    }),
  );
}

/** By then a plan that is approved at all is rolled out, milliseconds at tempo 1. */
const ROLLOUT_WITHIN_MS = 2 * TROUBLE_MS;

/** Whether one of the plans was seen rolling out by then; at once when it was, or when all came to another end. */
async function rolloutBegun({ stack }: Stage, { plans }: Played, untilMs: number): Promise<boolean> {
  while (Date.now() < untilMs) {
    const ids = plans.flatMap(({ planId }) => planId ?? []);
    const made = await Promise.all(ids.map((planId) => stack.database.plans.get(planId).catch(() => null)));
    if (made.some((plan) => plan?.status === 'rolling_out')) return true;
    const awaited = plans.filter(({ isGivenUp }) => !isGivenUp);
    if (made.length === awaited.length && made.every((plan) => plan && SETTLED.has(plan.status))) return false;
    await delay(300);
  }
  return false;
}

/** With how long somebody goes on trying what was not answered. */
type Trying = Stage & { triesForMs: number };

async function perform(stage: Trying, played: Played, act: Act): Promise<string> {
  if (act.act === 'propose') return propose(stage, played, planOf(played, act.plan));
  if (act.act === 'decide') return decide(stage, planOf(played, act.plan), act);
  if (act.act === 'control') return control(stage, played, planOf(played, act.plan), act.control);
  const router = played.routers.find(({ name }) => name === act.device);
  if (!router) throw new Error(`there is no router ${act.device}`);
  const { simulated } = router;
  if (act.act === 'faults') await simulated.setFaults(act.faults);
  else if (act.act === 'power') await simulated.cyclePower(act.downMs);
  else return (await change(simulated, act.edit)) ? 'made' : 'not made';
  return 'done';
}

function planOf({ plans }: Played, index: number): PlayedPlan {
  const plan = plans[index];
  if (!plan) throw new Error(`the story has no plan ${index}`);
  return plan;
}

/** Tries until a plan is made or refused; a proposal whose answer was lost is looked for first, so that there is one. */
async function propose({ stack, people, triesForMs }: Trying, { routers }: Played, plan: PlayedPlan): Promise<string> {
  const { story } = plan;
  const deviceIds = story.devices.map((name) => routers.find((router) => router.name === name)?.deviceId ?? name);
  const body = { ...story.input, deviceIds, rollout: story.rollout, comment: story.name };
  const untilMs = Date.now() + triesForMs;
  const answers: string[] = [];
  while (Date.now() < untilMs) {
    const { status, code, body: answer } = await people.ask(story.requestedBy, 'POST', `/plans/${story.kind}`, body);
    answers.push(`${status} ${code ?? ''}`);
    if (status === 201 || status === 200 || status === 202) plan.planId = String(answer['planId']);
    else plan.planId = (await madePlan(stack, story.name))?.planId ?? null;
    if (plan.planId !== null) break;
    // What was refused for itself is refused again.
    if (status >= 400 && status < 500 && status !== 429 && !isOfDevices(code)) break;
    await delay(1_500);
  }
  plan.isGivenUp = plan.planId === null;
  return `${plan.planId ?? 'no plan'} after ${answers.join(', ')}`;
}

/** A router did not answer, which may pass. */
function isOfDevices(code: string | null): boolean {
  return code?.startsWith('DEVICE_') ?? false;
}

/** The plan of that comment that may still come to something. */
async function madePlan({ database }: ChaosStack, comment: string): Promise<StoredPlan | null> {
  const plans = await patiently(() => plansNamed(database, comment)).catch(() => []);
  return plans.find(({ status, digest }) => digest !== '' || status === 'preparing') ?? null;
}

/** All plans that were made under the name, newest first. */
export async function plansNamed(database: ChaosStack['database'], name: string): Promise<StoredPlan[]> {
  const page = await database.plans.list({ limit: 100 });
  const plans = await Promise.all(
    page.filter(({ comment }) => comment === name).map(({ planId }) => database.plans.get(planId)),
  );
  return plans.filter((plan) => plan !== null);
}

async function decide(
  { stack, people, triesForMs }: Trying,
  plan: PlayedPlan,
  { by, decision, digest }: Extract<Act, { act: 'decide' }>,
): Promise<string> {
  const person = by === 'requester' ? plan.story.requestedBy : by;
  // A plan whose preparing met trouble is decided on later; nobody withdraws it before.
  const untilMs = Date.now() + triesForMs * DECISION_WAITS;
  const failures: string[] = [];
  while (Date.now() < untilMs && !plan.isGivenUp) {
    const made = plan.planId === null ? null : await stack.database.plans.get(plan.planId).catch(() => null);
    if (made && SETTLED.has(made.status) && made.digest === '') break;
    if (made && made.digest !== '' && made.status !== 'preparing') {
      const told = digest === 'right' ? made.digest : 'f'.repeat(64);
      const isVote = decision === 'approve' && digest === 'right' && (by === 'approver' || by === 'approver2');
      if (isVote) plan.votes.push({ by: person, at: new Date().toISOString() });
      try {
        await people.decide(person, made.planId, decision, told);
        return 'sent';
      } catch (error) {
        failures.push(String(error));
      }
    }
    await delay(500);
  }
  return `not sent: ${failures.join('; ') || 'no plan to decide on'}`;
}

/** Sent until somebody answers. */
export async function control({ people }: Stage, played: Played, plan: PlayedPlan, wanted: Control): Promise<string> {
  const { planId, story } = plan;
  if (planId === null) return 'no plan';
  const [first] = story.devices;
  const skipped = played.routers.filter(({ name }) => name === first).map(({ deviceId }) => deviceId);
  const deviceIds = wanted === 'skip' ? skipped : [];
  const untilMs = Date.now() + TRIES_FOR_MS;
  let said = '';
  while (Date.now() < untilMs) {
    const body = { comment: 'chaos', ...(deviceIds.length > 0 ? { deviceIds } : {}) };
    const { status, code } = await people.ask('operator', 'POST', `/plans/${planId}/${wanted}`, body);
    said = `${status} ${code ?? ''}`;
    if (status === 0 || status >= 500) {
      await delay(500);
      continue;
    }
    played.controls.push({ planId, control: wanted, deviceIds, status, at: new Date().toISOString() });
    break;
  }
  return said;
}
