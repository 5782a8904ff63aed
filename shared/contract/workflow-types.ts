/** Names under which the workflows are registered and started. */
export const PLAN_WORKFLOW = 'planWorkflow';
export const DEVICE_CHANGE_WORKFLOW = 'deviceChangeWorkflow';
export const SNAPSHOT_WORKFLOW = 'snapshotWorkflow';
export const COHORT_SNAPSHOTS_WORKFLOW = 'cohortSnapshotsWorkflow';
export const SNAPSHOT_RETENTION_WORKFLOW = 'snapshotRetentionWorkflow';
export const DRIFT_CHECK_WORKFLOW = 'driftCheckWorkflow';
export const DRIFT_SWEEP_WORKFLOW = 'driftSweepWorkflow';
export const CREDENTIAL_ROTATION_WORKFLOW = 'credentialRotationWorkflow';
export const AUDIT_CARE_WORKFLOW = 'auditCareWorkflow';
export const RETENTION_WORKFLOW = 'retentionWorkflow';
export const HEALTH_SWEEP_WORKFLOW = 'healthSweepWorkflow';
export const DEVICE_WATCH_WORKFLOW = 'deviceWatchWorkflow';
export const NOTIFICATIONS_WORKFLOW = 'notificationsWorkflow';
export const DEVICE_METRICS_WORKFLOW = 'deviceMetricsWorkflow';
export const METRIC_CARE_WORKFLOW = 'metricCareWorkflow';
export const WEBHOOK_WORKFLOW = 'webhookDeliveryWorkflow';
