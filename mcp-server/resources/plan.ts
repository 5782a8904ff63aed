import { defineResource } from './define-resource.ts';

export const plan = defineResource({
  name: 'plan',
  title: 'Plan',
  description: 'A plan as it stands: status, risk, votes, progress, and the diff and error of every device.',
  uri: 'convoy://plan/{planId}',
  mimeType: 'application/json',
  action: 'get_plan',
  splits: 'devices',
  without: ['groups'],
  changesWith: 'plan',
  ttlMs: 1_000,
});
