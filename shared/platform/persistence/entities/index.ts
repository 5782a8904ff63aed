import { AccessFileEntity } from './access-file-entity.ts';
import { AuditAnchorEntity, AuditCheckpointEntity, AuditHeadEntity } from './audit-chain-entities.ts';
import { AuditEventEntity } from './audit-event-entity.ts';
import {
  QuotaDeviceEntity,
  QuotaPlanEntity,
  QuotaUseEntity,
  StreamLeaseEntity,
  WebProcessEntity,
} from './budget-entities.ts';
import { CallEntity } from './call-entity.ts';
import { CredentialEntity } from './credential-entity.ts';
import { CredentialRotationEntity } from './credential-rotation-entity.ts';
import { DeviceEntity } from './device-entity.ts';
import { DeviceHealthEntity } from './device-health-entity.ts';
import { DeviceStatusChangeEntity, DeviceStatusEntity } from './device-status-entities.ts';
import { BaselineMoveEntity, DeviceBaselineEntity, DriftEntity } from './drift-entities.ts';
import { EmergencyStopEntity } from './emergency-stop-entity.ts';
import { FleetEventEntity, WebhookNoticeEntity } from './fleet-event-entities.ts';
import { GatewaySessionEntity } from './gateway-session-entity.ts';
import { HealthSampleEntity } from './health-sample-entity.ts';
import { LaneEntity } from './lane-entity.ts';
import { PersonEntity } from './person-entity.ts';
import { PlanDeviceEntity } from './plan-device-entity.ts';
import { PlanEntity } from './plan-entity.ts';
import { PlatformSecretEntity } from './platform-secret-entity.ts';
import { ProcessClockEntity } from './process-clock-entity.ts';
import { RevocationEntity } from './revocation-entity.ts';
import { SnapshotEntity, SnapshotTextEntity } from './snapshot-entity.ts';
import { WebhookDeliveryEntity, WebhookEventEntity } from './webhook-entities.ts';

/** Every table of ours. */
export const ENTITIES = [
  DeviceEntity,
  CredentialEntity,
  CredentialRotationEntity,
  LaneEntity,
  PlanEntity,
  PlanDeviceEntity,
  PersonEntity,
  AccessFileEntity,
  RevocationEntity,
  GatewaySessionEntity,
  AuditEventEntity,
  AuditHeadEntity,
  AuditAnchorEntity,
  AuditCheckpointEntity,
  SnapshotEntity,
  SnapshotTextEntity,
  HealthSampleEntity,
  DeviceHealthEntity,
  DeviceStatusEntity,
  DeviceStatusChangeEntity,
  CallEntity,
  EmergencyStopEntity,
  PlatformSecretEntity,
  QuotaUseEntity,
  QuotaDeviceEntity,
  QuotaPlanEntity,
  WebProcessEntity,
  StreamLeaseEntity,
  WebhookEventEntity,
  WebhookDeliveryEntity,
  DeviceBaselineEntity,
  BaselineMoveEntity,
  DriftEntity,
  FleetEventEntity,
  WebhookNoticeEntity,
  ProcessClockEntity,
];
