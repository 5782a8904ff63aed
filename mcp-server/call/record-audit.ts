import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { rolesOn } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError, toErrorBody } from '../../shared/errors/app-error.ts';
import { isDatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import { digestOfArguments } from '../../shared/platform/persistence/argument-digest.ts';
import type { AuditOutcome, AuditRecord, AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { actorOf, addressDetail } from '../audit/actor-of.ts';
import type { Action, Target } from './action.ts';
import type { CallRequest } from './answer-call.ts';

/** What is recorded of an attempt. */
export interface RecordedAttempt {
  callId: string;
  action: Pick<Action, 'name'> & Partial<Pick<Action, 'scopes' | 'hints' | 'actsUnrecorded'>>;
  request: Pick<CallRequest, 'principal' | 'correlationId' | 'traceId' | 'clientAddress'>;
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
  /**
   * Before an action is carried out. Fails with SERVICE_UNAVAILABLE, or SERVICE_READ_ONLY for a change that the database does
   * not take: what cannot be recorded does not happen. Of what acts unrecorded it waits a while for the record and logs that there is none.
   */
  open(attempt: RecordedAttempt): Promise<void>;
  /** What came of an opened attempt, and the plan and device that only its answer tells: made, or behind another id. */
  close(attempt: RecordedAttempt, result: AttemptResult): Promise<void>;
  /** An attempt that was refused before anything was done: its one and only record. */
  refuse(attempt: RecordedAttempt, error: unknown): Promise<void>;
}

/** So long is the record of what acts unrecorded waited for. */
const PATIENCE_MS = 2_000;
/** When it is worth repeating what could not be recorded. */
const RETRY_AFTER_SECONDS = 5;
const MAX_ARGUMENT_CHARS = 16_384;

/**
 * The record of one action is two events under one call id, because events are never changed: `requested`, written before
 * the router or workflow is touched, and its outcome. A process that dies in between leaves the outcome to the workflow that
 * goes on, which writes it under the same key, so that there is one. A refusal is a single event.
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

  /** Done, failed or late: whoever waits goes on, and the worker records what is missing. */
  async function inPatience({ callId, action }: RecordedAttempt, written: Promise<void>): Promise<void> {
    const late = setTimeout(PATIENCE_MS, 'late' as const, { ref: false });
    const err: unknown = await Promise.race([written, late]).catch((failure: unknown) => failure);
    if (err !== undefined) log.error({ err, callId, action: action.name }, 'carried out before it was recorded');
  }

  return {
    async open(attempt) {
      const written = append({ ...eventOf(attempt), key: `call/${attempt.callId}`, outcome: 'requested' });
      if (attempt.action.actsUnrecorded) return inPatience(attempt, written);
      try {
        await written;
      } catch (error) {
        const isReadOnly = isOfChange(attempt) && isNotWritable(error);
        throw new AppError(isReadOnly ? 'SERVICE_READ_ONLY' : 'SERVICE_UNAVAILABLE', {
          message: 'The audit record cannot be written, so nothing was done.',
          hint: 'Repeat the call later.',
          details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
          cause: error,
        });
      }
    },

    async close(attempt, { error, planId, deviceId }) {
      const event = { ...eventOf(attempt), arguments: null, argumentsDigest: null, details: null, ...outcomeOf(error) };
      const made = planId ?? planIdOf(error) ?? event.planId;
      const about = { planId: made, deviceId: event.deviceId ?? deviceId ?? null };
      const record = { ...event, key: `call/${attempt.callId}/outcome`, ...about };
      // The action has happened: its true result must reach the caller even when its outcome cannot be recorded.
      const written = append(record).catch((failure: unknown) => {
        log.error({ err: failure, callId: attempt.callId, action: attempt.action.name }, 'audit outcome not recorded');
      });
      await (attempt.action.actsUnrecorded ? inPatience(attempt, written) : written);
    },

    async refuse(attempt, error) {
      const record = { ...eventOf(attempt), ...outcomeOf(error), outcome: 'refused' as const };
      await append({ ...record, key: `call/${attempt.callId}` }).catch((failure: unknown) => {
        log.error({ err: failure, callId: attempt.callId, action: attempt.action.name }, 'audit refusal not recorded');
      });
    },
  };
}

function isOfChange({ action }: RecordedAttempt): boolean {
  return action.hints?.readOnly === false;
}

function isNotWritable(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof AppError && error.code === 'SERVICE_READ_ONLY');
}

function eventOf({ action, request, arguments: given, target }: RecordedAttempt): Omit<AuditRecord, 'key' | 'outcome'> {
  const { principal, correlationId, traceId, clientAddress } = request;
  const details = addressDetail(clientAddress);
  return {
    action: action.name,
    ...actorOf(principal),
    ...whereOf(target),
    ...(target?.on === 'device' ? { roles: rolesOn(principal, target.device) } : {}),
    tier: action.scopes === undefined ? null : tierOf(action.scopes),
    operation: action.name,
    ...boundedArguments(given),
    details: Object.keys(details).length === 0 ? null : details,
    correlationId,
    traceId: traceId ?? null,
  };
}

function whereOf(target: Target | null): Pick<AuditRecord, 'planId' | 'deviceId' | 'environment'> {
  if (target?.on === 'plan')
    return { planId: target.plan.planId, deviceId: null, environment: target.plan.environment };
  if (target?.on !== 'device') return { planId: null, deviceId: null, environment: environmentOf(target) };
  return { planId: null, deviceId: target.device.deviceId, environment: target.device.environment };
}

function environmentOf(target: Target | null): string | null {
  const environments = new Set(target?.on === 'fleet' ? target.devices.map(({ environment }) => environment) : []);
  return environments.size === 1 ? ([...environments][0] ?? null) : null;
}

/** The tier whose scope the action takes; null for what is no tier's, such as administration. */
function tierOf(scopes: readonly string[]): string | null {
  return Object.entries(TIERS).find(([, { scope }]) => scopes.includes(scope))?.[0] ?? null;
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

/** A record must not be a way to fill the database; the digest is of all that was given. */
function boundedArguments(given: unknown): Pick<AuditRecord, 'arguments' | 'argumentsDigest'> {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return { arguments: null };
  const all = { ...given };
  const chars = JSON.stringify(given).length;
  if (chars <= MAX_ARGUMENT_CHARS) return { arguments: all };
  const keys = Object.keys(given).slice(0, 50);
  return { arguments: { truncated: true, chars, keys }, argumentsDigest: digestOfArguments(all) };
}
