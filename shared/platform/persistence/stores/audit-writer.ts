import { AppError } from '../../../errors/app-error.ts';
import { redactFields } from '../../telemetry/redaction.ts';
import { digestOfMasked } from '../argument-digest.ts';
import { storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';
import type { AuditRecord } from './audit-record.ts';
import { currentIso } from '../../process/platform-clock.ts';

interface Waiting {
  columns: Columns;
  resolve: (isNew: boolean) => void;
  reject: (error: unknown) => void;
}

type Columns = ReturnType<typeof toColumns>;

/** Entries of one statement at most. */
const BATCH = 100;

/**
 * Appends records, one statement of this process at a time: what comes meanwhile goes with the next one, together. The
 * chain is extended by one transaction after another, and so a process with many callers waits for few of them.
 */
export function createAuditWriter(units: Units): (record: AuditRecord) => Promise<boolean> {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function drain(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      await write(batch);
    }
    isWriting = false;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      const added = new Set(await insert(units, batch));
      // The first of several with one key is the one that was added.
      for (const { columns, resolve } of batch) resolve(added.delete(columns.key));
    } catch (error) {
      const isOneAtFault = batch.length > 1 && !(error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE');
      // A record that cannot be stored must not take its neighbours with it.
      if (isOneAtFault) for (const entry of batch) await write([entry]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return (record) =>
    new Promise((resolve, reject) => {
      waiting.push({ columns: toColumns(record), resolve, reject });
      if (!isWriting) void drain();
    });
}

async function insert(units: Units, batch: readonly Waiting[]): Promise<string[]> {
  const names = Object.keys(batch[0]?.columns ?? {});
  const row = `(${names.map(() => '?').join(', ')})`;
  const rows = await units.run((em) =>
    em.execute<{ key: string }[]>(
      `insert into audit_event (${names.join(', ')}) values ${batch.map(() => row).join(', ')}
       on conflict (key) do nothing returning key`,
      batch.flatMap(({ columns }) => Object.values(columns)),
    ),
  );
  return rows.map(({ key }) => key);
}

function toColumns(record: AuditRecord) {
  const given = masked(record.arguments);
  return {
    key: storedText(record.key),
    at: record.at ?? currentIso(),
    action: storedText(record.action),
    actor: storedText(record.actor),
    actor_email: storedText(record.actorEmail),
    client_id: storedText(record.clientId),
    via: storedText(record.via),
    auth_method: storedText(record.authMethod),
    roles: storedText(record.roles?.join(' ')),
    tier: storedText(record.tier),
    plan_id: storedText(record.planId),
    device_id: storedText(record.deviceId),
    environment: storedText(record.environment),
    operation: storedText(record.operation),
    outcome: record.outcome,
    code: storedText(record.code),
    message: storedText(record.message),
    arguments: toJson(given),
    arguments_digest: storedText(record.argumentsDigest ?? (given && digestOfMasked(given))),
    details: toJson(masked(record.details)),
    correlation_id: storedText(record.correlationId),
    trace_id: storedText(record.traceId),
  };
}

function masked(fields: Record<string, unknown> | null | undefined): Record<string, unknown> | null {
  return fields === null || fields === undefined ? null : redactFields(fields);
}

function toJson(fields: Record<string, unknown> | null): string | null {
  return fields === null ? null : JSON.stringify(fields);
}
