import { defineResource } from './define-resource.ts';

export const planLog = defineResource({
  name: 'plan_log',
  title: 'Log of a plan',
  description: 'What was asked, decided and done about a plan, by whom and when, newest first, in pages.',
  uri: 'convoy://plan/{planId}/log{?cursor}',
  mimeType: 'application/json',
  action: 'list_audit_events',
  ttlMs: 1_000,
});
