import type { AuditStore } from './stores/audit-store.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import type { DeviceStore } from './stores/device-store.ts';
import type { LaneStore } from './stores/lane-store.ts';
import type { PersonStore } from './stores/person-store.ts';
import type { PlanStore } from './stores/plan-store.ts';

/** Everything Convoy keeps in PostgreSQL, as plain data. */
export interface Database {
  devices: DeviceStore;
  credentials: CredentialStore;
  plans: PlanStore;
  people: PersonStore;
  audit: AuditStore;
  lanes: LaneStore;
  /** Fails with SERVICE_UNAVAILABLE when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
