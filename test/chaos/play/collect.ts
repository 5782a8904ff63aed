import { setTimeout as delay } from 'node:timers/promises';
import { deviceChangeWorkflowId } from '../../../shared/contract/workflow-ids.ts';
import { APPROVALS_NEEDED } from '../../../shared/domain/plan.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import type { JournalEntry } from '../../../simulator/router/journal.ts';
import type { AuditEvidence, DeviceEvidence, PlanEvidence, SeedEvidence } from '../evidence.ts';
import type { Played, PlayedControl, PlayedPlan, Stage } from './play-story.ts';
import { tablesOf, type ChaosRouter, type Row } from './routers.ts';
import { isRunning, workOf } from './settle.ts';

/** No read of a sweep takes longer on routers that are healed. */
const SWEPT_WITHIN_MS = 10_000;

/** Collects what is to be judged of a story that is over. */
export async function collect(stage: Stage, { story, routers, plans, controls }: Played): Promise<SeedEvidence> {
  const found = await Promise.all(
    plans.map(async (plan) => {
      const stored = plan.planId === null ? null : await stage.stack.database.plans.get(plan.planId);
      return stored === null ? [] : [await planEvidence(stage, plan, stored, controls)];
    }),
  );
  return {
    seed: story.seed,
    devices: await Promise.all(routers.map((router) => deviceEvidence(stage, router))),
    plans: found.flat(),
  };
}

async function deviceEvidence(stage: Stage, router: ChaosRouter): Promise<DeviceEvidence> {
  const { deviceId, name, initial, simulated } = router;
  // Whoever asks is no plan, so that every holder is another one.
  const holders = await stage.stack.database.claims.holders({ planId: 'nobody', deviceIds: [deviceId] });
  return {
    deviceId,
    name,
    initial,
    final: tablesOf(simulated),
    journal: simulated.router.journal.entries().map((entry) => configured(router, entry)),
    guardsLeft: simulated.router.rows('/system/scheduler'),
    requestsInFlight: await requestsLeft(router),
    isLocked: await isRunning(stage, deviceChangeWorkflowId(deviceId)),
    heldBy: holders.map(({ planId }) => planId),
  };
}

/** A sweep of the fleet's health may just read the router; what is left behind by a change does not end. */
async function requestsLeft({ simulated: { router } }: ChaosRouter): Promise<number> {
  const untilMs = Date.now() + SWEPT_WITHIN_MS;
  while (router.journal.inFlight > 0 && Date.now() < untilMs) await delay(20);
  return router.journal.inFlight;
}

/** Without what the router shows of itself. */
function configured({ simulated }: ChaosRouter, entry: JournalEntry): JournalEntry {
  const { fields } = simulated.router.tree.menuAt(entry.path);
  const strip = (row: Row | null): Row | null =>
    row &&
    Object.fromEntries(
      Object.entries(row).filter(([name]) => {
        const field = fields.get(name);
        if (field === undefined) return name === 'position';
        return field.access === 'argument' || (field.access !== 'read-only' && field.compute === undefined);
      }),
    );
  return { ...entry, before: strip(entry.before), after: strip(entry.after) };
}

async function planEvidence(
  stage: Stage,
  played: PlayedPlan,
  stored: StoredPlan,
  controls: readonly PlayedControl[],
): Promise<PlanEvidence> {
  const { database } = stage.stack;
  const { planId, kind, status, statusReason, risk } = stored;
  const work = workOf(planId);
  const isWorking = await Promise.all(work.map((id) => isRunning(stage, id)));
  return {
    planId,
    name: stored.comment,
    kind,
    status,
    statusReason,
    approvalsNeeded: APPROVALS_NEEDED[risk],
    votes: played.votes,
    skips: controls
      .filter(({ planId: of, control, status: answer }) => of === planId && control === 'skip' && answer < 300)
      .flatMap(({ deviceIds, at }) => deviceIds.map((deviceId) => ({ deviceId, at }))),
    devices: await Promise.all(
      stored.devices.map(async ({ deviceId, name, status: deviceStatus, error }) => ({
        deviceId,
        name,
        status: deviceStatus,
        error: error ? { code: error.code, message: error.message } : null,
        steps: (await database.plans.steps(planId, deviceId))?.steps ?? [],
      })),
    ),
    audit: await auditOf(stage, planId),
    running: work.filter((_, index) => isWorking[index]),
  };
}

async function auditOf({ stack }: Stage, planId: string): Promise<AuditEvidence[]> {
  const records = await stack.database.audit.records({ planId, limit: 1_000 });
  return records.map(({ action, deviceId, at, endedAt, outcome, details }) => {
    const result = details?.['result'];
    return { action, deviceId, at, endedAt, outcome, result: typeof result === 'string' ? result : null };
  });
}
