import { defineResource } from './define-resource.ts';

export const deviceAudit = defineResource({
  name: 'device_audit',
  title: 'Audit trail of a device',
  description:
    'Who asked what of a router and what came of it, newest first, in pages. For auditors and administrators.',
  uri: 'convoy://device/{deviceId}/audit{?cursor}',
  mimeType: 'application/json',
  action: 'list_audit_events',
  roles: ['auditor', 'admin'],
  ttlMs: 0,
});
