export { auditCareWorkflow } from './audit-care.ts';
export { credentialRotationWorkflow } from './credential-rotation.ts';
export { deviceChangeWorkflow } from './device-change.ts';
export { planWorkflow } from './plan.ts';
export { rollbackWorkflow } from './rollback.ts';
export { rolloutWorkflow } from './rollout.ts';
export { snapshotWorkflow } from './snapshot.ts';
