import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import {
  controlPayloadOf,
  DecisionPayload,
  PLAN_SIGNALS,
  WEB_SUBJECT,
  type AttributedSignal,
  type ControlPayload,
  type PlanSignal,
  type SignalLog,
} from '../../shared/contract/plan-messages.ts';
import { planIdOfWorkflow } from '../../shared/contract/workflow-ids.ts';
import { rolesToSend } from '../../shared/domain/plan-controls.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { rolesOnDevices } from '../../shared/platform/persistence/roles-on-devices.ts';
import { readRecordedRun, type RecordedSignal } from './signal-history.ts';

interface Deps {
  client: Client;
  database: Pick<Database, 'people' | 'plans' | 'devices'>;
}

/** The signals of the calling workflow's own run, each attributed to the person the server proved. */
export async function readSignals(
  { client, database }: Deps,
  { afterEventId, requestedBy }: { afterEventId: number; requestedBy: string },
): Promise<SignalLog> {
  const execution = activityInfo().workflowExecution;
  if (!execution) throw new AppError('INTERNAL_ERROR', { message: 'readSignals must be called by a workflow.' });
  const run = await readRecordedRun(client, execution, afterEventId);
  const requester = { sub: requestedBy, email: (await database.people.get(requestedBy))?.email ?? null };
  const plan = await database.plans.get(planIdOfWorkflow(execution.workflowId));
  const facts = { requester, deviceIds: plan?.devices.map(({ deviceId }) => deviceId) ?? [] };
  const signals: AttributedSignal[] = [];
  for (const signal of run.signals) {
    if (isPlanSignal(signal.name)) signals.push(await attribute(database, facts, signal, signal.name));
  }
  return { startedBy: run.startedBy, wasReset: run.wasReset, signals };
}

function isPlanSignal(name: string): name is PlanSignal {
  return PLAN_SIGNALS.some((signal) => signal === name);
}

async function attribute(
  database: Pick<Database, 'people' | 'devices'>,
  { requester, deviceIds }: { requester: { sub: string; email: string | null }; deviceIds: string[] },
  signal: RecordedSignal,
  name: PlanSignal,
): Promise<AttributedSignal> {
  const isDecision = name === 'approve' || name === 'reject';
  const parsed = (isDecision ? DecisionPayload : controlPayloadOf(name)).safeParse(signal.payload ?? {});
  const payload: Partial<DecisionPayload & ControlPayload & { deviceIds: string[] }> = parsed.data ?? {};
  // The web process may steer a rollout for a person it authorized; a decision is always the person's own.
  const isWeb = signal.principal === WEB_SUBJECT && !isDecision && payload.onBehalfOf !== undefined;
  const by = isWeb ? (payload.onBehalfOf ?? null) : signal.principal;
  const person = by === null ? null : await database.people.get(by);
  return {
    eventId: signal.eventId,
    at: signal.at,
    signal: name,
    by,
    byName: person?.email ?? person?.name ?? by,
    email: person?.email?.toLowerCase() ?? null,
    // Providers may give one person a subject of their own at every client; the e-mail tells them together.
    isRequester: by === requester.sub || (requester.email !== null && isSame(person?.email, requester.email)),
    via: isWeb ? 'web' : viaOf(signal.claimedIdentity),
    roles:
      person === null ? [] : await rolesOnDevices(database.devices, person, { deviceIds, wanted: rolesToSend(name) }),
    digest: payload.digest ?? null,
    comment: payload.comment ?? '',
    ...(payload.deviceIds === undefined ? {} : { deviceIds: payload.deviceIds }),
    malformed: parsed.success ? null : `The signal's input was refused: ${issuesOf(parsed.error)}`,
  };
}

function isSame(email: string | null | undefined, other: string): boolean {
  return email?.toLowerCase() === other.toLowerCase();
}

/** Which door a signal came through, for people to read; nothing is decided by it. */
function viaOf(claimedIdentity: string): AttributedSignal['via'] {
  const [door] = claimedIdentity.split(':', 1);
  return door === 'temporal-ui' || door === 'cli' || door === 'console' ? door : 'temporal';
}

function issuesOf(error: { issues: { path: PropertyKey[]; message: string }[] }): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
}
