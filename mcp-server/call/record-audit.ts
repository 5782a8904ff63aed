import type { Logger } from 'pino';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import type { AuditOutcome, AuditRecord, AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { Action, Target } from './action.ts';
import type { CallRequest } from './answer-call.ts';

/** What is recorded of an attempt. */
export interface RecordedAttempt {
  callId: string;
  action: Pick<Action, 'name'>;
  request: Pick<CallRequest, 'principal' | 'correlationId'>;
  arguments: unknown;
  target: Target | null;
}

/** What is known of an attempt when it is recorded. */
export interface Attempt extends RecordedAttempt {
  action: Action;
  request: CallRequest;
}

export interface AttemptResult {
  error?: unknown;
  planId?: string | undefined;
  deviceId?: string | undefined;
}

export interface AuditTrail {
  /** Before an action is carried out. Fails with SERVICE_UNAVAILABLE: what cannot be recorded does not happen. */
  open(attempt: RecordedAttempt): Promise<void>;
  /** What came of an opened attempt, and the plan and device that only its answer tells: made, or behind another id. */
  close(attempt: RecordedAttempt, result: AttemptResult): Promise<void>;
  /** An attempt that was refused before anything was done: its one and only record. */
  refuse(attempt: RecordedAttempt, error: unknown): Promise<void>;
}

const MAX_ARGUMENT_CHARS = 16_384;

/**
 * The record of one action is two events under one call id, because events are never changed: `requested`, written before
 * the router or workflow is touched, and its outcome. A process that dies in between leaves a `requested` without an
 * outcome, which is the truth. A refusal is a single event.
 */
export function createAuditTrail(
  audit: Pick<AuditStore, 'append'>,
  metrics: Pick<Metrics, 'auditEvents'>,
  log: Pick<Logger, 'error'>,
): AuditTrail {
  async function append(record: AuditRecord): Promise<void> {
    await audit.append(record);
    metrics.auditEvents.inc({ outcome: record.outcome });
  }

  return {
    async open(attempt) {
      try {
        await append({ ...eventOf(attempt), key: `call/${attempt.callId}`, outcome: 'requested' });
      } catch (error) {
        throw new AppError('SERVICE_UNAVAILABLE', {
          message: 'The audit record cannot be written, so nothing was done.',
          hint: 'Repeat the call later.',
          cause: error,
        });
      }
    },

    async close(attempt, { error, planId, deviceId }) {
      const event = { ...eventOf(attempt), arguments: null, ...outcomeOf(error) };
      const made = planId ?? planIdOf(error) ?? event.planId;
      const about = { planId: made, deviceId: event.deviceId ?? deviceId ?? null };
      const record = { ...event, key: `call/${attempt.callId}/outcome`, ...about };
      // The action has happened: its true result must reach the caller even when its outcome cannot be recorded.
      await append(record).catch((failure: unknown) => {
        log.error({ err: failure, callId: attempt.callId, action: attempt.action.name }, 'audit outcome not recorded');
      });
    },

    async refuse(attempt, error) {
      const record = { ...eventOf(attempt), ...outcomeOf(error), outcome: 'refused' as const };
      await append({ ...record, key: `call/${attempt.callId}` }).catch((failure: unknown) => {
        log.error({ err: failure, callId: attempt.callId, action: attempt.action.name }, 'audit refusal not recorded');
      });
    },
  };
}

function eventOf({ action, request, arguments: given, target }: RecordedAttempt): Omit<AuditRecord, 'key' | 'outcome'> {
  const { principal, correlationId } = request;
  return {
    action: action.name,
    actor: principal.sub,
    actorEmail: principal.email,
    clientId: principal.clientId,
    via: principal.via,
    planId: target?.on === 'plan' ? target.plan.planId : null,
    deviceId: target?.on === 'device' ? target.device.deviceId : null,
    operation: action.name,
    arguments: boundedArguments(given),
    correlationId,
  };
}

function outcomeOf(error: unknown): { outcome: AuditOutcome; code: string | null; message: string | null } {
  if (error === undefined) return { outcome: 'ok', code: null, message: null };
  const { code, message } = toErrorBody(error);
  return { outcome: outcomeByError(error), code, message };
}

/** A plan that was made and then failed to be prepared. */
function planIdOf(error: unknown): string | undefined {
  const planId = error instanceof AppError ? error.details?.['planId'] : undefined;
  return typeof planId === 'string' ? planId : undefined;
}

function outcomeByError(error: unknown): AuditOutcome {
  if (!(error instanceof AppError)) return 'failed';
  if (error.code === 'OUTCOME_UNKNOWN') return 'unknown';
  return error.status < 500 ? 'refused' : 'failed';
}

/** A record must not be a way to fill the database. */
function boundedArguments(given: unknown): Record<string, unknown> | null {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return null;
  const chars = JSON.stringify(given).length;
  if (chars <= MAX_ARGUMENT_CHARS) return { ...given };
  return { truncated: true, chars, keys: Object.keys(given).slice(0, 50) };
}
