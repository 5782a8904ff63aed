import type { EntityManager } from '@mikro-orm/postgresql';
import { demandMigrations } from './applied-migrations.ts';
import { createOrm, MIGRATION_TABLE } from './orm.ts';
import { demandAppendOnly } from './service-role.ts';
import { createRetentionStore, type RetentionStore } from './retention.ts';
import { createUnits } from './units.ts';
import { createAccessFileStore, type AccessFileStore } from './stores/access-file-store.ts';
import { createAuditStore, type AuditStore } from './stores/audit-store.ts';
import { createBaselineStore, type BaselineStore } from './stores/baseline-store.ts';
import { createCallStore, type CallStore } from './stores/call-store.ts';
import { createClockStore, type ClockStore } from './stores/clock-store.ts';
import { createClaimStore, type ClaimStore } from './stores/claim-store.ts';
import { createChangeStore, type ChangeStore } from './stores/change-store.ts';
import { createCohortStore, type CohortStore } from './stores/cohort-store.ts';
import { createCredentialStore, type CredentialStore } from './stores/credential-store.ts';
import { createDeviceMetricStore, type DeviceMetricStore } from './stores/device-metric-store.ts';
import { createDeviceStatusStore, type DeviceStatusStore } from './stores/device-status-store.ts';
import { createDeviceStore, type DeviceStore } from './stores/device-store.ts';
import { createFleetEventStore, type FleetEventStore } from './stores/fleet-event-store.ts';
import { createDriftStore, type DriftStore } from './stores/drift-store.ts';
import { createFleetCountStore, type FleetCountStore } from './stores/fleet-count-store.ts';
import { createFleetSummaryStore, type FleetSummaryStore } from './stores/fleet-summary-store.ts';
import { createHealthStore, type HealthStore } from './stores/health-store.ts';
import { createLaneStore, type LaneStore } from './stores/lane-store.ts';
import { createLookupStore, type LookupStore } from './stores/lookup-store.ts';
import { createPersonStore, type PersonStore } from './stores/person-store.ts';
import { createRegistryStore, type RegistryStore } from './stores/registry-store.ts';
import { createRotationStore, type RotationStore } from './stores/rotation-store.ts';
import { createSealedSecretStore, type SealedSecretStore } from './stores/sealed-secret-store.ts';
import { createNoticeStore, type NoticeStore } from './stores/notice-store.ts';
import type { PlanStore } from './stores/plan-store.ts';
import { createPlanStore } from './stores/create-plan-store.ts';
import { createSessionStore, type SessionStore } from './stores/session-store.ts';
import { createRevocationStore, type RevocationStore } from './stores/revocation-store.ts';
import { createQuotaStore, type QuotaStore } from './stores/quota-store.ts';
import { createSnapshotStore, type SnapshotStore } from './stores/snapshot-store.ts';
import { createStopStore, type StopStore } from './stores/stop-store.ts';
import { createWebhookStore, type WebhookStore } from './stores/webhook-store.ts';
import { createWebProcessStore, type WebProcessStore } from './stores/web-process-store.ts';

export { migrate, roleOf } from './migrate.ts';

/** Everything Convoy keeps in PostgreSQL, as plain data. Any call may fail with SERVICE_UNAVAILABLE. */
export interface Database {
  devices: DeviceStore;
  registry: RegistryStore;
  credentials: CredentialStore;
  rotations: RotationStore;
  secrets: SealedSecretStore;
  plans: PlanStore;
  claims: ClaimStore;
  people: PersonStore;
  accessFile: AccessFileStore;
  revocations: RevocationStore;
  sessions: SessionStore;
  audit: AuditStore;
  calls: CallStore;
  lanes: LaneStore;
  snapshots: SnapshotStore;
  baselines: BaselineStore;
  drift: DriftStore;
  health: HealthStore;
  cohorts: CohortStore;
  deviceStatus: DeviceStatusStore;
  deviceMetrics: DeviceMetricStore;
  summaries: FleetSummaryStore;
  counts: FleetCountStore;
  lookup: LookupStore;
  changes: ChangeStore;
  stops: StopStore;
  quotas: QuotaStore;
  webhooks: WebhookStore;
  fleetEvents: FleetEventStore;
  notices: NoticeStore;
  webProcesses: WebProcessStore;
  clocks: ClockStore;
  retention: RetentionStore;
  /** Fails with SERVICE_UNAVAILABLE when the database does not answer. */
  ping(): Promise<void>;
  /** What can be done with the database now. Fails with SERVICE_UNAVAILABLE when it does not answer. */
  condition(): Promise<DatabaseCondition>;
  /** What its clock says, milliseconds since 1970. */
  clockMs(): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseCondition {
  /** Whether it refuses writes: a standby, or made so by its administrator. */
  isReadOnly: boolean;
  /** The newest migration it has had. */
  schema: string;
}

export interface DatabaseOptions {
  url: string;
  /** Connections at most. Default: 10. */
  poolMax?: number;
}

/**
 * Opens the database. Fails at once with SERVICE_UNAVAILABLE when it does not answer, and with INVALID_CONFIGURATION when
 * it refuses the login, lacks migrations, or lets this role change the audit; one that is newer than this program is taken.
 */
export async function openDatabase({ url, poolMax = 10 }: DatabaseOptions): Promise<Database> {
  const orm = createOrm({ url, poolMax });
  const units = createUnits(orm);
  const database: Database = {
    devices: createDeviceStore(units),
    registry: createRegistryStore(units),
    credentials: createCredentialStore(units),
    rotations: createRotationStore(units),
    secrets: createSealedSecretStore(units),
    plans: createPlanStore(units),
    claims: createClaimStore(units),
    people: createPersonStore(units),
    accessFile: createAccessFileStore(units),
    revocations: createRevocationStore(units),
    sessions: createSessionStore(units),
    audit: createAuditStore(units),
    calls: createCallStore(units),
    lanes: createLaneStore(units),
    snapshots: createSnapshotStore(units),
    baselines: createBaselineStore(units),
    drift: createDriftStore(units),
    health: createHealthStore(units),
    cohorts: createCohortStore(units),
    deviceStatus: createDeviceStatusStore(units),
    deviceMetrics: createDeviceMetricStore(units),
    summaries: createFleetSummaryStore(units),
    counts: createFleetCountStore(units),
    lookup: createLookupStore(units),
    changes: createChangeStore(units),
    stops: createStopStore(units),
    quotas: createQuotaStore(units),
    webhooks: createWebhookStore(units),
    fleetEvents: createFleetEventStore(units),
    notices: createNoticeStore(units),
    webProcesses: createWebProcessStore(units),
    clocks: createClockStore(units),
    retention: createRetentionStore(units),
    ping: async () => {
      await units.run((em) => em.execute('select 1'));
    },
    condition: () => units.run(conditionOf),
    clockMs: () => units.run(clockOf),
    close: () => units.close(),
  };
  try {
    await units.run(demandMigrations);
    await units.run(demandAppendOnly);
  } catch (error) {
    await orm.close();
    throw error;
  }
  return database;
}

async function clockOf(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ ms: string }[]>('select extract(epoch from clock_timestamp()) * 1000 as ms');
  return Number(row?.ms);
}

async function conditionOf(em: EntityManager): Promise<DatabaseCondition> {
  const [row] = await em.execute<{ read_only: string; schema: string | null }[]>(
    `select current_setting('transaction_read_only') as read_only, (select max(name) from ${MIGRATION_TABLE}) as schema`,
  );
  return { isReadOnly: row?.read_only === 'on', schema: row?.schema ?? 'none' };
}
