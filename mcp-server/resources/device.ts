import { defineResource } from './define-resource.ts';

export const device = defineResource({
  name: 'device',
  title: 'Device',
  description: 'What the registry knows of a router: address, environment, tags, flags, status. No router is asked.',
  uri: 'convoy://device/{deviceId}',
  mimeType: 'application/json',
  action: 'get_device',
  changesWith: 'device',
  ttlMs: 10_000,
});
