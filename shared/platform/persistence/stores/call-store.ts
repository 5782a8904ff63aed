import type { EntityManager } from '@mikro-orm/postgresql';
import type { ErrorBody } from '../../../errors/app-error.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/**
 * Calls whose result outlives their connection, so that any process can say what came of them. All times are the
 * database's, because processes' clocks differ.
 */
export interface CallStore {
  /**
   * Keeps a call that is being worked on and answers null; when its subject has used its idempotency key before, nothing is
   * kept and the answer is the call that holds the key.
   */
  open(call: NewCall): Promise<StoredCall | null>;
  /** Null when the subject has no such call, or has it no more. */
  get(sub: string, callId: string): Promise<StoredCall | null>;
  /** Says that these calls are still being worked on; answers those of them that still are wanted. */
  beat(callIds: readonly string[]): Promise<string[]>;
  report(callId: string, progress: CallProgress): Promise<void>;
  /** Keeps what came of a call that is still being worked on; any other is left as it is. */
  finish(callId: string, ending: CallEnding): Promise<void>;
  /** As `finish`, for a call whose worker has been silent for at least `silentMs`. */
  lose(callId: string, ending: CallEnding, silentMs: number): Promise<void>;
  /** Ends a working call that changes nothing; of another it is only noted that this was asked for. */
  cancel(sub: string, callId: string): Promise<void>;
  /** Says that nobody works on these calls any more. */
  abandon(callIds: readonly string[]): Promise<void>;
  /** Removes what has expired and answers how much that was. */
  purge(): Promise<number>;
}

export type CallStatus = 'working' | 'completed' | 'failed' | 'cancelled';

export interface CallProgress {
  done: number;
  total: number;
  message: string;
}

export interface KeptAnswer {
  output: Record<string, unknown>;
  summary: string;
  /** Of a versioned action: the version that was read or made. */
  tag?: string;
  /** Names of its fields whose text people or the network wrote. */
  untrusted?: readonly string[];
}

export interface NewCall {
  callId: string;
  sub: string;
  action: string;
  readOnly: boolean;
  /** Of everything the caller gave. */
  argumentsDigest: string;
  idempotencyKey: string | null;
  /** Its end is the plan's end; nobody works on it. */
  followsPlan: boolean;
  planId: string | null;
  deviceId: string | null;
  correlationId: string;
  /** How long it is kept, seconds from now. */
  keepSeconds: number;
}

export interface StoredCall extends Omit<NewCall, 'keepSeconds'> {
  status: CallStatus;
  cancelAsked: boolean;
  progress: CallProgress | null;
  answer: KeptAnswer | null;
  error: ErrorBody | null;
  createdAt: string;
  updatedAt: string;
  expiresAt: string;
  /** Time since its worker was heard of last. */
  silentMs: number;
}

export type CallEnding = { keepSeconds: number } & (
  | { answer: KeptAnswer }
  /** `freesKey`: the same call may be made again under its key. */
  | { error: ErrorBody; freesKey: boolean }
);

export function createCallStore(units: Units): CallStore {
  return {
    open: (call) => units.transact((em) => openCall(em, call)),
    get: (sub, callId) =>
      units.run((em) => oneCall(em, 'sub = ? and call_id = ? and expires_at > now()', [sub, callId])),
    beat: (callIds) =>
      units.run(async (em) => {
        const rows = await em.execute<{ call_id: string }[]>(
          `update call set heartbeat_at = now() where call_id in (?) and status = 'working' returning call_id`,
          [callIds],
        );
        return rows.map((row) => row.call_id);
      }),
    report: (callId, progress) =>
      units.run(async (em) => {
        await em.execute(
          `update call set progress = ?::json, updated_at = now(), heartbeat_at = now()
           where call_id = ? and status = 'working'`,
          [JSON.stringify(progress), callId],
        );
      }),
    finish: (callId, ending) => units.run((em) => finishCall(em, callId, ending, 'true', [])),
    lose: (callId, ending, silentMs) =>
      units.run((em) =>
        finishCall(em, callId, ending, `heartbeat_at <= now() - ? * interval '1 millisecond'`, [silentMs]),
      ),
    cancel: (sub, callId) =>
      units.run(async (em) => {
        await em.execute(
          `update call set cancel_asked = true, updated_at = now(),
             status = case when read_only or follows_plan then 'cancelled' else status end
           where sub = ? and call_id = ? and status = 'working'`,
          [sub, callId],
        );
      }),
    abandon: (callIds) =>
      units.run(async (em) => {
        await em.execute(
          `update call set heartbeat_at = 'epoch' where call_id in (?) and status = 'working' and not follows_plan`,
          [callIds],
        );
      }),
    purge: () =>
      units.run(async (em) => {
        const rows = await em.execute<unknown[]>('delete from call where expires_at <= now() returning call_id');
        return rows.length;
      }),
  };
}

async function openCall(em: EntityManager, call: NewCall): Promise<StoredCall | null> {
  const { sub, idempotencyKey } = call;
  if (idempotencyKey !== null) {
    await em.execute('delete from call where sub = ? and idempotency_key = ? and expires_at <= now()', [
      sub,
      idempotencyKey,
    ]);
  }
  const rows = await em.execute<unknown[]>(
    `insert into call (call_id, sub, action, read_only, arguments_digest, idempotency_key, follows_plan, plan_id,
       device_id, correlation_id, status, cancel_asked, created_at, updated_at, heartbeat_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'working', false, now(), now(), now(), now() + ? * interval '1 second')
     on conflict (sub, idempotency_key) do nothing returning call_id`,
    [
      call.callId,
      sub,
      call.action,
      call.readOnly,
      call.argumentsDigest,
      idempotencyKey,
      call.followsPlan,
      call.planId,
      call.deviceId,
      storedText(call.correlationId),
      call.keepSeconds,
    ],
  );
  if (rows.length > 0) return null;
  // The statement that found the key taken waited for whoever took it, so the row is there to be seen.
  // It is gone when the key has become free in this very moment; then it can be had.
  const holder = await oneCall(em, 'sub = ? and idempotency_key = ?', [sub, idempotencyKey]);
  return holder ?? openCall(em, call);
}

async function finishCall(
  em: EntityManager,
  callId: string,
  ending: CallEnding,
  condition: string,
  values: readonly unknown[],
): Promise<void> {
  const failed = 'error' in ending;
  await em.execute(
    `update call set status = ?, answer = ?::json, error = ?::json, updated_at = now(),
       idempotency_key = case when ? then null else idempotency_key end,
       expires_at = greatest(case when idempotency_key is null then 'epoch' else expires_at end,
         now() + ? * interval '1 second')
     where call_id = ? and status = 'working' and ${condition}`,
    [
      failed ? 'failed' : 'completed',
      failed ? null : JSON.stringify(ending.answer),
      failed ? JSON.stringify(ending.error) : null,
      failed && ending.freesKey,
      ending.keepSeconds,
      callId,
      ...values,
    ],
  );
}

interface CallRow {
  call_id: string;
  sub: string;
  action: string;
  read_only: boolean;
  arguments_digest: string;
  idempotency_key: string | null;
  follows_plan: boolean;
  plan_id: string | null;
  device_id: string | null;
  correlation_id: string;
  status: CallStatus;
  cancel_asked: boolean;
  progress: CallProgress | null;
  answer: KeptAnswer | null;
  error: ErrorBody | null;
  created_at: string;
  updated_at: string;
  expires_at: string;
  silent_ms: string;
}

async function oneCall(em: EntityManager, condition: string, values: readonly unknown[]): Promise<StoredCall | null> {
  const [row] = await em.execute<CallRow[]>(
    `select call.*, extract(epoch from now() - heartbeat_at) * 1000 as silent_ms from call where ${condition}`,
    [...values],
  );
  return row === undefined ? null : toStoredCall(row);
}

function toStoredCall(row: CallRow): StoredCall {
  return {
    callId: row.call_id,
    sub: row.sub,
    action: row.action,
    readOnly: row.read_only,
    argumentsDigest: row.arguments_digest,
    idempotencyKey: row.idempotency_key,
    followsPlan: row.follows_plan,
    planId: row.plan_id,
    deviceId: row.device_id,
    correlationId: row.correlation_id,
    status: row.status,
    cancelAsked: row.cancel_asked,
    progress: row.progress,
    answer: row.answer,
    error: row.error,
    createdAt: toIsoTime(row.created_at),
    updatedAt: toIsoTime(row.updated_at),
    expiresAt: toIsoTime(row.expires_at),
    silentMs: Number(row.silent_ms),
  };
}
