import { FirstTables } from './0001-first-tables.ts';
import { SignOuts } from './0002-sign-outs.ts';
import { DeviceBreaker } from './0003-device-breaker.ts';
import { DeviceSsh } from './0004-device-ssh.ts';
import { HealthSamples } from './0005-health-samples.ts';
import { Calls } from './0006-calls.ts';
import { Snapshots } from './0007-snapshots.ts';
import { RetiredDevices } from './0008-retired-devices.ts';
import { EmergencyStops } from './0009-emergency-stops.ts';
import { CredentialRotations } from './0010-credential-rotations.ts';
import { GatewaySessions } from './0011-gateway-sessions.ts';
import { AuditChain } from './0013-audit-chain.ts';
import { PersonGrants } from './0014-person-grants.ts';
import { Revocations } from './0015-revocations.ts';
import { PersonAskedAs } from './0016-person-asked-as.ts';
import { Budgets } from './0017-budgets.ts';
import { PeopleByAccessFile } from './0018-people-by-access-file.ts';
import { SessionsKnowSignOuts } from './0019-sessions-know-sign-outs.ts';
import { RolloutEstimates } from './0020-rollout-estimates.ts';
import { SnapshotsOfPlans } from './0021-snapshots-of-plans.ts';
import { PlansThatMeet } from './0022-plans-that-meet.ts';
import { Webhooks } from './0023-webhooks.ts';

/** Every migration, oldest first. A name that was released never changes. */
export const MIGRATIONS = [
  { name: '0001-first-tables', class: FirstTables },
  { name: '0002-sign-outs', class: SignOuts },
  { name: '0003-device-breaker', class: DeviceBreaker },
  { name: '0004-device-ssh', class: DeviceSsh },
  { name: '0005-health-samples', class: HealthSamples },
  { name: '0006-calls', class: Calls },
  { name: '0007-snapshots', class: Snapshots },
  { name: '0008-retired-devices', class: RetiredDevices },
  { name: '0009-emergency-stops', class: EmergencyStops },
  { name: '0010-credential-rotations', class: CredentialRotations },
  { name: '0011-gateway-sessions', class: GatewaySessions },
  { name: '0013-audit-chain', class: AuditChain },
  { name: '0014-person-grants', class: PersonGrants },
  { name: '0015-revocations', class: Revocations },
  { name: '0016-person-asked-as', class: PersonAskedAs },
  { name: '0017-budgets', class: Budgets },
  { name: '0018-people-by-access-file', class: PeopleByAccessFile },
  { name: '0019-sessions-know-sign-outs', class: SessionsKnowSignOuts },
  { name: '0020-rollout-estimates', class: RolloutEstimates },
  { name: '0021-snapshots-of-plans', class: SnapshotsOfPlans },
  { name: '0022-plans-that-meet', class: PlansThatMeet },
  { name: '0023-webhooks', class: Webhooks },
];
