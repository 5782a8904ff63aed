import { defineResource } from './define-resource.ts';

export const deviceHealth = defineResource({
  name: 'device_health',
  title: 'Health of a device',
  description: 'Load, memory, disk, temperature and supplies of a router with the reasons for its state. Asked live.',
  uri: 'convoy://device/{deviceId}/health',
  mimeType: 'application/json',
  action: 'get_device_health',
  changesWith: 'health',
  ttlMs: 10_000,
});
