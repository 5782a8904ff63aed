import { defineResource } from './define-resource.ts';

export const fleetSummary = defineResource({
  name: 'fleet_summary',
  title: 'Fleet summary',
  description: 'How many of your devices are in which state, and which plans are under way. From the registry.',
  uri: 'convoy://fleet/summary',
  mimeType: 'application/json',
  action: 'get_fleet_summary',
  changesWith: 'fleet',
  ttlMs: 10_000,
});
